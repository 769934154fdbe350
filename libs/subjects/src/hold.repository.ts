import { type Id, type InstructionId, type SubjectId } from '@personr/kernel';
import { type ElementCode, type ExceptionGround } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type Hold, type HoldId } from './hold.js';

type Row = Awaited<ReturnType<TenantTx['hold']['findFirstOrThrow']>>;

/** Writes a hold down, or nothing when it is there already. The subject's row is locked by the caller. */
export async function insertHold(
  tx: TenantTx,
  { gone = [], ...hold }: Omit<Hold, 'gone'> & Partial<Pick<Hold, 'gone'>>,
): Promise<void> {
  await tx.hold.createMany({
    data: [{ tenantId: tx.tenantId, ...hold, elements: [...hold.elements], goneElements: [...gone] }],
    skipDuplicates: true,
  });
}

/** Finds a hold, or null. */
export async function findHold(tx: TenantTx, id: HoldId): Promise<Hold | null> {
  const row = await tx.hold.findUnique({ where: { tenantId_id: { tenantId: tx.tenantId, id } } });
  return row === null ? null : toHold(row);
}

/** Ends a hold that is active. False when it had ended already, or there is none. */
export async function endHold(
  tx: TenantTx,
  id: HoldId,
  { at, reason }: { at: Date; reason: NonNullable<Hold['endReason']> },
): Promise<boolean> {
  const { count } = await tx.hold.updateMany({
    where: { tenantId: tx.tenantId, id, endedAt: null },
    data: { endedAt: at, endReason: reason },
  });
  return count === 1;
}

/** The active holds of these subjects. Whoever must rely on it has locked the subjects' rows. */
export async function activeHolds(
  tx: TenantTx,
  subjects: readonly SubjectId[],
): Promise<ReadonlyMap<SubjectId, readonly Hold[]>> {
  const rows = await tx.hold.findMany({
    where: { tenantId: tx.tenantId, subjectId: { in: [...subjects] }, endedAt: null },
    orderBy: { id: 'asc' },
  });
  const found = new Map<SubjectId, Hold[]>();
  for (const hold of rows.map(toHold))
    found.set(hold.subjectId, [...(found.get(hold.subjectId) ?? []), hold]);
  return found;
}

/** A page of holds, newest first, from the one after `after` on; of one subject only, when one is named. */
export async function listHolds(
  tx: TenantTx,
  query: { limit: number; after: HoldId | null; subjectId?: SubjectId },
): Promise<Hold[]> {
  const rows = await tx.hold.findMany({
    where: {
      tenantId: tx.tenantId,
      ...(query.after === null ? {} : { id: { lt: query.after } }),
      ...(query.subjectId === undefined ? {} : { subjectId: query.subjectId }),
    },
    orderBy: { id: 'desc' },
    take: query.limit,
  });
  return rows.map(toHold);
}

const toHold = (row: Row): Hold => ({
  id: row.id as HoldId,
  subjectId: row.subjectId as SubjectId,
  elements: row.elements as ElementCode[],
  ground: row.ground as ExceptionGround,
  citation: row.citation,
  placedBy: row.placedBy as Id<string>,
  instructionId: row.instructionId as InstructionId | null,
  startsAt: row.startsAt,
  endsAt: row.endsAt,
  reviewAt: row.reviewAt,
  endedAt: row.endedAt,
  endReason: row.endReason as Hold['endReason'],
  gone: row.goneElements as ElementCode[],
});
