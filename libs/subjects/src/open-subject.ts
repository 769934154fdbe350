import { DomainError, type SubjectId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type Subject } from './subject.js';
import { holdSubjects } from './subject.repository.js';

/**
 * The subject, kept from being erased until the transaction ends. Throws `SUBJECT_NOT_FOUND`, and
 * `SUBJECT_BEING_ERASED` from the start of an erasure on.
 */
export async function openSubject(tx: TenantTx, id: SubjectId): Promise<Subject> {
  const subject = (await holdSubjects(tx, [id])).get(id);
  if (subject === undefined) throw new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');
  if (subject.beingErased) {
    throw new DomainError('SUBJECT_BEING_ERASED', 'This subject is being erased and takes nothing more in.');
  }
  return subject;
}
