import { type Witness } from './cosignature.js';
import { DomainError } from '@personr/kernel';
import { same } from './bytes.js';

/** A rule over witnesses: one of them, or at least `threshold` of some. C2SP tlog-policy, "Defining a witness group". */
export type QuorumRule =
  | { readonly kind: 'WITNESS'; readonly witness: Witness }
  | { readonly kind: 'GROUP'; readonly threshold: number; readonly members: readonly QuorumRule[] };

/** The witnesses whose cosignatures count, and which of them must be there: null, none need be. */
export type Quorum = { readonly witnesses: readonly Witness[]; readonly rule: QuorumRule | null };

/** No witness is known and none is needed. */
export const NO_QUORUM: Quorum = { witnesses: [], rule: null };

/**
 * At least `threshold` of the witnesses, of all of them when none is given. Throws `KEY_MALFORMED` when one
 * public key is there twice, which would count one witness as two, or fewer are there than must be.
 */
export function quorumOf(witnesses: readonly Witness[], threshold = witnesses.length): Quorum {
  assertDistinct(witnesses);
  if (!Number.isSafeInteger(threshold) || threshold < 0 || threshold > witnesses.length) {
    throw new DomainError('KEY_MALFORMED', 'A quorum is of at most as many witnesses as there are keys for.');
  }
  if (threshold === 0) return { witnesses, rule: null };
  const members = witnesses.map((witness) => ({ kind: 'WITNESS', witness }) as const);
  return { witnesses, rule: { kind: 'GROUP', threshold, members } };
}

/** Throws `KEY_MALFORMED` when two witnesses are one public key. */
export function assertDistinct(witnesses: readonly Witness[]): void {
  const twice = witnesses.some(({ publicKey }, at) =>
    witnesses.slice(0, at).some((earlier) => same(earlier.publicKey, publicKey)),
  );
  if (twice) throw new DomainError('KEY_MALFORMED', 'Two witnesses have the same public key.');
}

/** Says whether those that cosigned are enough. */
export function isQuorum({ rule }: Quorum, cosigned: (witness: Witness) => boolean): boolean {
  return rule === null || isMet(rule, cosigned);
}

function isMet(rule: QuorumRule, cosigned: (witness: Witness) => boolean): boolean {
  if (rule.kind === 'WITNESS') return cosigned(rule.witness);
  return rule.members.filter((member) => isMet(member, cosigned)).length >= rule.threshold;
}
