import { type EvidenceStore } from './evidence-store.js';
import { type SignedHeads } from './signed-heads.js';

/** What a sequencer writes to beside the data database: where evidence goes, and where it is recorded what was signed. */
export type Outside = { readonly evidence: EvidenceStore; readonly heads: SignedHeads };
