import { formatCheckpoint, signNote } from '@personr/proof';
import { type LogEvidence } from './log-evidence.js';
import { type LogHead, type SignedHead } from './log.repository.js';
import { type LogSigner } from './log-signer.js';
import { type TreeHead } from './signed-heads.js';

/** Signs the tree that comes after this head with every key that signs now. Returns what the head is to become. */
export function signHead(
  signer: LogSigner,
  { head: { origin }, next: { size, root } }: { readonly head: LogHead; readonly next: TreeHead },
): SignedHead {
  const checkpoint = signNote(formatCheckpoint({ origin, size, root }), signer.signersOf(origin));
  return { size, root, checkpoint, keys: signer.keys() };
}

/** The same, and lays the checkpoint out, with the list of keys, of a log of which everything else is laid out. */
export async function publishHead(
  signer: LogSigner,
  evidence: LogEvidence,
  heads: { readonly head: LogHead; readonly next: TreeHead },
): Promise<SignedHead> {
  const signed = signHead(signer, heads);
  await evidence.publish(signed);
  return signed;
}
