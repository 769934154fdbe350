import { DomainError, parseId } from '@personr/kernel';
import { isPurpose, parseElement } from '@personr/law';
import { type NewRecord } from '@personr/subjects';
import { type InlineRecordBody } from './subjects.dto.js';

/** Reads a value of a body. Throws `ELEMENT_UNKNOWN`, `PURPOSE_NOT_IN_NOTICE`. */
export function toNewRecord(body: InlineRecordBody): NewRecord {
  const { element, value, source, purpose, collectedAt, consentId, consentRef } = body;
  const code = parseElement(element);
  if (!isPurpose(purpose)) {
    throw new DomainError('PURPOSE_NOT_IN_NOTICE', 'The purpose is not one that the notice lists.');
  }
  const record = { element: code, value, source, purpose, collectedAt: new Date(collectedAt) };
  if (consentId === undefined && consentRef === undefined) return record;
  return {
    ...record,
    ...(consentId === undefined ? {} : { consentId: parseId<'consent'>(consentId) }),
    ...(consentRef === undefined ? {} : { consentRef }),
  };
}
