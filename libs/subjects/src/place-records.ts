import { canonicalJson, newId, type RecordId, type SubjectId } from '@personr/kernel';
import { ELEMENTS, type PurposeCode, type Role } from '@personr/law';
import { type SealedRecord } from '@personr/stores';
import { assertAdmission, type SealedUnder } from '@personr/vault';
import { IDENTITY_ELEMENTS } from './identity-elements.js';
import { type Identity, type NewRecord, type TakenRecord } from './subject.js';

/** A value with its place: the id it will have, since when, and in which role it is held. */
export type PlacedRecord = {
  readonly record: NewRecord;
  readonly id: RecordId;
  readonly createdAt: Date;
  readonly role: Role;
};

/** Gives each value its place. */
export const placeAll = (
  records: readonly NewRecord[],
  { at, role }: { at: Date; role: Role },
): PlacedRecord[] => records.map((record) => ({ record, id: newId<'record'>(at), createdAt: at, role }));

/** What identities are kept for: to verify who a person is where that is agreed, else the first purpose agreed. */
export const identityPurposeOf = ({
  purposes,
}: {
  readonly purposes: readonly PurposeCode[];
}): PurposeCode =>
  purposes.includes('IDENTITY_VERIFICATION')
    ? 'IDENTITY_VERIFICATION'
    : (purposes[0] ?? 'IDENTITY_VERIFICATION');

/** An identity as a value: what a person is known by is held about the person. */
export const asRecord = (
  { type, value }: Identity,
  { at, purpose }: { at: Date; purpose: PurposeCode },
): NewRecord => ({
  element: IDENTITY_ELEMENTS[type],
  value,
  source: 'CLIENT_OR_AGENT',
  purpose,
  collectedAt: at,
});

/** What a ciphertext is bound to besides tenant and key: moved to another place, it does not open. */
export const bindingOf = (record: Pick<SealedRecord, 'id' | 'subjectId' | 'element'>): string[] => [
  'record',
  record.subjectId,
  record.element,
  record.id,
];

/** A value's bytes, as they are sealed. */
export const plaintextOf = ({ value }: Pick<NewRecord, 'value'>): Buffer => Buffer.from(canonicalJson(value));

/** A value as it rests. */
export const asSealed = (
  { id, role, record, createdAt }: PlacedRecord,
  subjectId: SubjectId,
  { keyId, sealed }: SealedUnder,
): SealedRecord => ({
  id,
  subjectId,
  role,
  element: record.element,
  source: record.source,
  purpose: record.purpose,
  consentId: record.consentId ?? null,
  collectedAt: record.collectedAt,
  createdAt,
  keyId,
  sealed: sealed as Uint8Array<ArrayBuffer>,
});

/** A value's place and how it is classified. */
export const classified = ({ id, element }: Pick<SealedRecord, 'id' | 'element'>): TakenRecord => ({
  id,
  element,
  categories: ELEMENTS[element].categories,
});

/**
 * The bytes of each identity and each value, in this order. Refuses, before anything is claimed, what could not be
 * claimed or sealed afterwards: throws `VALIDATION_FAILED` for an empty identity or a second external id, and
 * `JSON_NOT_CANONICAL`.
 */
export function sealable(identities: readonly Identity[], records: readonly NewRecord[]): Buffer[] {
  assertAdmission({ identities, labels: [] });
  return [...identities.map(plaintextOf), ...records.map(plaintextOf)];
}
