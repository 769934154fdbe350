import { type NewSubject } from '@personr/subjects';
import { type AdmitBody } from './subjects.dto.js';
import { toNewRecord } from './to-new-record.js';

/** Reads a person of a body. Throws `ELEMENT_UNKNOWN`, `PURPOSE_NOT_IN_NOTICE`. */
export function toNewSubject({
  externalId,
  identities = [],
  residency,
  records = [],
}: AdmitBody): NewSubject {
  const person = { externalId, identities, records: records.map(toNewRecord) };
  return residency === undefined ? person : { ...person, residency };
}
