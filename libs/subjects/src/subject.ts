import { type ConsentId, type Json, type RecordId, type SubjectId, type SubjectRef } from '@personr/kernel';
import { type Category, type ElementCode, type PurposeCode, type Role, type SourceCode } from '@personr/law';
import { type Identity } from '@personr/vault';
import { type NewConsent } from './consent.js';

export type { Identity } from '@personr/vault';

/** A subject, as far as it is known without opening anything. */
export type Subject = {
  readonly id: SubjectId;
  readonly subjectRef: SubjectRef;
  readonly role: Role;
  readonly residency: string | null;
  readonly createdAt: Date;
  /** True from the start of an erasure on: nothing more is written or read. */
  readonly beingErased: boolean;
};

/** A value as it comes in. */
export type NewRecord = {
  readonly element: ElementCode;
  readonly value: Json;
  readonly source: SourceCode;
  readonly purpose: PurposeCode;
  readonly collectedAt: Date;
  /** The consent it is taken in under: one that is on record, or one of the same body by its `ref`. */
  readonly consentId?: ConsentId;
  readonly consentRef?: string;
};

/** A person as a tenant brings it in. */
export type NewSubject = {
  readonly externalId: string;
  readonly identities: readonly Identity[];
  readonly residency?: string;
  readonly records: readonly NewRecord[];
  readonly consents?: readonly NewConsent[];
  /** In which role its data would be held; the tenant's own when left out. */
  readonly role?: Role;
};

/** What is answered for a value taken in: how it is classified, never what it says. */
export type TakenRecord = {
  readonly id: RecordId;
  readonly element: ElementCode;
  readonly categories: readonly Category[];
};

/** A value as it is read back. */
export type OpenedRecord = TakenRecord & {
  readonly value: Json;
  readonly source: string;
  readonly purpose: string;
  readonly collectedAt: Date;
};
