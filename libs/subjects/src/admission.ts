import { type IdempotentRequest, type RequestIdentity } from '@personr/idempotency';
import { DomainError, type SubjectId } from '@personr/kernel';
import { type SealedRecord } from '@personr/stores';
import { type TermsInForce } from '@personr/terms';
import { type Taken } from './replay-taken.js';
import { type Identity, type NewSubject, type TakenRecord } from './subject.js';

/** A person to be taken in, and what makes the request for it the same request; null for one without a key. */
export type AdmissionLine = { readonly subject: NewSubject; readonly identity: RequestIdentity | null };

/** What came of taking a person in. */
export type Admitted = {
  readonly id: SubjectId;
  readonly createdAt: Date;
  readonly created: boolean;
  readonly records: readonly TakenRecord[];
  readonly replayed: boolean;
};

/** What came of one line of a batch. */
export type AdmissionOutcome =
  { readonly ok: true; readonly admitted: Admitted } | { readonly ok: false; readonly error: DomainError };

/** A line that may be taken in: its identities with the external id first, its place in the batch, the try, the terms it was judged by. */
export type AdmissibleLine = {
  readonly position: number;
  readonly attempt: number;
  readonly subject: NewSubject;
  readonly identities: readonly Identity[];
  /** What is sealed of it: each identity, then each value, as bytes. */
  readonly plaintexts: readonly Uint8Array[];
  readonly request: IdempotentRequest | null;
  readonly terms: TermsInForce;
};

/** A line whose person is known to the key store, with all it brings sealed: a value for each identity first. */
export type ClaimedLine = AdmissibleLine & {
  readonly subjectId: SubjectId;
  readonly sealed: readonly SealedRecord[];
};

/** Outcomes by the lines' places in the batch. */
export type Outcomes = Map<number, AdmissionOutcome>;

/** The line was refused. */
export const refused = (error: DomainError): AdmissionOutcome => ({ ok: false, error });

/** The line was taken in. */
export const taken = (admitted: Admitted): AdmissionOutcome => ({ ok: true, admitted });

/** The line took effect before: the answer is given again. */
export const replayed = (answer: Taken | DomainError, status: number): AdmissionOutcome =>
  answer instanceof DomainError
    ? refused(answer)
    : taken({ ...answer, created: status === 201, replayed: true });
