import { type EarlierAnswer } from '@personr/idempotency';
import { DomainError, type RecordId, type SubjectId } from '@personr/kernel';
import { ELEMENTS, type ElementCode } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type TakenRecord } from './subject.js';
import { findSubject } from './subject.repository.js';

/** What an earlier request took in, as far as it is still held. */
export type Taken = {
  readonly id: SubjectId;
  readonly createdAt: Date;
  readonly records: readonly TakenRecord[];
};

/**
 * Renders the answer to an earlier intake again from the ids it made: the subject's first, then the records'.
 * Throws `SUBJECT_NOT_FOUND` when the subject has been erased since.
 */
export async function replayTaken(tx: TenantTx, { resourceIds }: EarlierAnswer): Promise<Taken> {
  const [id, ...recordIds] = resourceIds as readonly [SubjectId, ...RecordId[]];
  const subject = await findSubject(tx, id);
  if (subject === null) throw new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');
  const rows = await tx.record.findMany({
    where: { id: { in: recordIds } },
    select: { id: true, element: true },
  });
  const elements = new Map(rows.map((row) => [row.id, row.element as ElementCode]));
  const records = recordIds.flatMap((recordId) => {
    const element = elements.get(recordId);
    return element === undefined ? [] : [{ id: recordId, element, categories: ELEMENTS[element].categories }];
  });
  return { id, createdAt: subject.createdAt, records };
}
