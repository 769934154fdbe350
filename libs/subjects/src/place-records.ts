import { canonicalJson, newId, type RecordId, type SubjectId } from '@personr/kernel';
import { ELEMENTS } from '@personr/law';
import { type SealedRecord } from '@personr/stores';
import { assertAdmission, type SealedUnder } from '@personr/vault';
import { IDENTITY_ELEMENTS } from './identity-elements.js';
import { type Identity, type NewRecord, type TakenRecord } from './subject.js';

/** A value with its place: the id it will have, and since when. */
export type PlacedRecord = NewRecord & { readonly id: RecordId; readonly createdAt: Date };

/** Gives each value its place. */
export const placeAll = (records: readonly NewRecord[], at: Date): PlacedRecord[] =>
  records.map((record) => ({ ...record, id: newId<'record'>(at), createdAt: at }));

/** An identity as a value: what a person is known by is held about the person. */
export const asRecord = ({ type, value }: Identity, at: Date): NewRecord => ({
  element: IDENTITY_ELEMENTS[type],
  value,
  source: 'CLIENT_OR_AGENT',
  purpose: 'IDENTITY_VERIFICATION',
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
  { id, element, source, purpose, collectedAt, createdAt }: PlacedRecord,
  subjectId: SubjectId,
  { keyId, sealed }: SealedUnder,
): SealedRecord => ({
  id,
  subjectId,
  element,
  source,
  purpose,
  collectedAt,
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
 * Refuses, before anything is claimed, what could not be claimed or sealed afterwards. Throws `VALIDATION_FAILED`
 * for an empty identity or a second external id, and `JSON_NOT_CANONICAL`.
 */
export function assertSealable(identities: readonly Identity[], records: readonly NewRecord[]): void {
  assertAdmission({ identities, labels: [] });
  for (const { value } of identities) canonicalJson(value);
  for (const { value } of records) canonicalJson(value);
}
