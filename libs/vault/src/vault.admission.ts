import { type KeyId, type SubjectId } from '@personr/kernel';
import { type Identity, type Sealing } from './vault.js';

/**
 * A subject on its way in: who it is to be if nobody has its external id yet, and which keys it needs. `seal`
 * is called once, as soon as it is known who the subject is, and says what is sealed under which of them.
 */
export type Admission = {
  readonly candidate: SubjectId;
  readonly identities: readonly Identity[];
  readonly labels: readonly string[];
  readonly seal?: (subjectId: SubjectId) => readonly LabelledSealing[];
};

/** A plaintext to be sealed under the subject's key for `label`. */
export type LabelledSealing = Omit<Sealing, 'keyId'> & { readonly label: string };

/** Sealed bytes with the key that opens them. */
export type SealedUnder = { readonly keyId: KeyId; readonly sealed: Uint8Array };

/**
 * Who was admitted, a key for every label asked for and every identity given (label = its type), and what `seal`
 * asked for, in order.
 */
export type Admitted = {
  readonly subjectId: SubjectId;
  readonly keys: ReadonlyMap<string, KeyId>;
  readonly sealed: readonly SealedUnder[];
};
