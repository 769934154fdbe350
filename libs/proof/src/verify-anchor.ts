import { DomainError } from '@personr/kernel';
import { openCheckpoint } from './checkpoint.js';
import { type Cosignature, cosignaturesOn, type Witness } from './cosignature.js';
import { keyOf, type TrustedKey } from './ed25519.js';
import { metaEntry } from './meta-log.js';
import { isQuorum, NO_QUORUM, type Quorum } from './quorum.js';
import { invalid, malformed } from './refusal.js';
import { parseTlogProof } from './tlog-proof.js';
import { hashLeaf, verifyInclusion } from './tree.js';

/** What the caller trusts of what lies outside a tenant's log. */
export type AnchorTrust = {
  /** Keys of the meta-log; without one, an anchor is not checked. */
  readonly metaKeys: readonly TrustedKey[];
  readonly quorum: Quorum;
  /** Refuse what is not cosigned by the quorum, of the meta-log or of the tenant's own log. */
  readonly requireWitness?: boolean;
};

/** Nothing is known beyond the keys of logs. */
export const NO_ANCHOR_TRUST: AnchorTrust = { metaKeys: [], quorum: NO_QUORUM };

/**
 * What was found of an anchor. `NONE`: there is none. `UNCHECKED`: there is one, and no key of the meta-log to check
 * it by. `LOGGED`: the meta-log holds the checkpoint. `COSIGNED`: a quorum of witnesses cosigned that meta-log, or the
 * log itself. `cosignatures` are all good ones of known witnesses; `at` is by the witness's clock.
 */
export type AnchorFinding = {
  readonly state: 'NONE' | 'UNCHECKED' | 'LOGGED' | 'COSIGNED';
  readonly metaLog: { readonly origin: string; readonly size: number; readonly index: number } | null;
  readonly cosignatures: readonly {
    readonly name: string;
    readonly at: string;
    readonly of: 'LOG' | 'META_LOG';
  }[];
};

/** A log's signed checkpoint, opened elsewhere, and what is said to anchor it. */
export type Anchored = {
  readonly note: string;
  readonly anchor: { readonly salt: Uint8Array; readonly proof: string } | null;
};

/**
 * Verifies that the meta-log holds `note` and who cosigned. Throws `PROOF_INVALID` or `NOTE_MALFORMED` when the anchor
 * does not hold, or when witnesses are required and too few cosigned; `KEY_MALFORMED` when they are and none is known.
 */
export function verifyAnchor({ note, anchor }: Anchored, trust: AnchorTrust): AnchorFinding {
  const { quorum } = trust;
  if (trust.requireWitness === true && quorum.rule === null) {
    throw new DomainError('KEY_MALFORMED', 'To require witnesses, say which: their keys, and how many.');
  }
  const direct = cosignaturesOn(note, quorum.witnesses);
  const meta = openAnchor({ note, anchor }, trust);
  const isCosigned = isBy(quorum, direct) || isBy(quorum, meta.cosigned);
  if (trust.requireWitness === true && !isCosigned) {
    throw invalid('Not as many witnesses cosigned this as are required.');
  }
  return {
    state: isCosigned ? 'COSIGNED' : meta.state,
    metaLog: meta.place,
    cosignatures: [...listed(direct, 'LOG'), ...listed(meta.cosigned, 'META_LOG')],
  };
}

type Cosigned = ReadonlyMap<Witness, Cosignature>;

/** What the anchor alone comes to. */
type MetaFinding = {
  readonly state: AnchorFinding['state'];
  readonly place: AnchorFinding['metaLog'];
  readonly cosigned: Cosigned;
};

function openAnchor({ note, anchor }: Anchored, { metaKeys, quorum }: AnchorTrust): MetaFinding {
  if (anchor === null) return { state: 'NONE', place: null, cosigned: new Map() };
  if (metaKeys.length === 0) return { state: 'UNCHECKED', place: null, cosigned: new Map() };
  const { index, path, checkpoint: head, extra } = parseTlogProof(anchor.proof);
  if (extra !== undefined) throw malformed('The proof of an anchor has no extra line.');
  const { origin, size, root } = openCheckpoint(head, metaKeys.map(keyOf));
  verifyInclusion(hashLeaf(metaEntry(anchor.salt, note)), { index, size, path }, root);
  const cosigned = cosignaturesOn(head, quorum.witnesses);
  return { state: 'LOGGED', place: { origin, size, index }, cosigned };
}

const isBy = (quorum: Quorum, cosigned: Cosigned): boolean =>
  quorum.rule !== null && isQuorum(quorum, (witness) => cosigned.has(witness));

const listed = (cosigned: Cosigned, of: 'LOG' | 'META_LOG'): AnchorFinding['cosignatures'] =>
  [...cosigned.values()].map(({ name, at }) => ({
    name,
    at: new Date(at * 1000).toISOString(),
    of,
  }));
