import { type EarlierAnswer } from '@personr/idempotency';
import { DomainError, type RecordId, type SubjectId } from '@personr/kernel';
import { ELEMENTS, type ElementCode } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type TakenRecord } from './subject.js';
import { findSubjects } from './subject.repository.js';

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
export async function replayTaken(tx: TenantTx, earlier: EarlierAnswer): Promise<Taken> {
  const [replayed] = await replayAllTaken(tx, [earlier]);
  if (replayed === undefined || replayed instanceof DomainError) throw replayed ?? notFound();
  return replayed;
}

/** Renders each of these answers again, as `replayTaken` does, in order; one that it would refuse by the refusal. */
export async function replayAllTaken(
  tx: TenantTx,
  answers: readonly EarlierAnswer[],
): Promise<(Taken | DomainError)[]> {
  if (answers.length === 0) return [];
  const made = answers.map(({ resourceIds }) => resourceIds as readonly [SubjectId, ...RecordId[]]);
  const subjects = await findSubjects(
    tx,
    made.map(([id]) => id),
  );
  const elements = await elementsOf(
    tx,
    made.flatMap(([, ...recordIds]) => recordIds),
  );
  return made.map(([id, ...recordIds]) => {
    const subject = subjects.get(id);
    if (subject === undefined) return notFound();
    const records = recordIds.flatMap((recordId) => {
      const element = elements.get(recordId);
      return element === undefined
        ? []
        : [{ id: recordId, element, categories: ELEMENTS[element].categories }];
    });
    return { id, createdAt: subject.createdAt, records };
  });
}

async function elementsOf(tx: TenantTx, ids: readonly RecordId[]): Promise<Map<RecordId, ElementCode>> {
  const rows = await tx.bulk`
    select id, element from record where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[])`;
  return new Map(rows.map(({ id, element }) => [id as RecordId, element as ElementCode]));
}

const notFound = (): DomainError => new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');
