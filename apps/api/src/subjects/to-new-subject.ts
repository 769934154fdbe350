import { type NewSubject } from '@personr/subjects';
import { toNewConsent } from '../consents/consents.dto.js';
import { type AdmitBody } from './subjects.dto.js';
import { toNewRecord } from './to-new-record.js';

/** Reads a person with all that comes in with it. Throws what `toNewRecord` throws. */
export const toNewSubject = (body: AdmitBody): NewSubject => ({
  externalId: body.externalId,
  identities: body.identities ?? [],
  records: (body.records ?? []).map(toNewRecord),
  ...(body.residency === undefined ? {} : { residency: body.residency }),
  ...(body.role === undefined ? {} : { role: body.role }),
  ...(body.consents === undefined ? {} : { consents: body.consents.map(toNewConsent) }),
});
