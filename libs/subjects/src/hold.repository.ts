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
  return bySubject(rows.map(toHold));
}

function bySubject(holds: readonly Hold[]): Map<SubjectId, Hold[]> {
  const found = new Map<SubjectId, Hold[]>();
  for (const hold of holds) found.set(hold.subjectId, [...(found.get(hold.subjectId) ?? []), hold]);
  return found;
}

/** Up to `limit` subjects after one, in the order of their ids, of whom this erasure of everything left something standing. */
export async function subjectsKeptBy(
  tx: TenantTx,
  by: InstructionId,
  { after, limit }: { after: SubjectId | null; limit: number },
): Promise<SubjectId[]> {
  const rows = await tx.bulk`
    select distinct subject_id from hold
     where tenant_id = ${tx.tenantId} and kept_by = ${by}::uuid and (${after}::uuid is null or subject_id > ${after}::uuid)
     order by subject_id limit ${limit}`;
  return rows.map((row) => row.subject_id as SubjectId);
}

/** The holds on these subjects that this erasure of everything left standing. */
export async function holdsKeptBy(
  tx: TenantTx,
  subjects: readonly SubjectId[],
  by: InstructionId,
): Promise<ReadonlyMap<SubjectId, readonly Hold[]>> {
  const rows = await tx.hold.findMany({
    where: { tenantId: tx.tenantId, subjectId: { in: [...subjects] }, keptBy: by },
    orderBy: { id: 'asc' },
  });
  return bySubject(rows.map(toHold));
}

/** Says of every active hold that this erasure of everything leaves it standing, and of those that have ended that it does not. */
export async function keepStanding(tx: TenantTx, by: InstructionId): Promise<void> {
  await tx.bulk`
    update hold set kept_by = case when ended_at is null then ${by}::uuid end
     where tenant_id = ${tx.tenantId} and (ended_at is null or kept_by = ${by}::uuid)`;
}

/** Whether a hold that this erasure left standing has ended since. */
export async function hasKeptEnded(tx: TenantTx, by: InstructionId): Promise<boolean> {
  const rows = await tx.bulk`
    select from hold where tenant_id = ${tx.tenantId} and kept_by = ${by}::uuid and ended_at is not null limit 1`;
  return rows.length > 0;
}

/** Holds that an erasure of everything left standing, by ground. */
export type KeptHolds = {
  readonly ground: ExceptionGround;
  readonly holds: number;
  readonly subjects: number;
  /** When the last of them ends by itself; null while one has no end. */
  readonly endsAt: Date | null;
};

/** What this erasure left standing, by ground. */
export async function keptHolds(tx: TenantTx, by: InstructionId): Promise<KeptHolds[]> {
  const rows = await tx.bulk`
    select ground, count(*)::int as holds, count(distinct subject_id)::int as subjects,
           case when bool_and(ends_at is not null) then max(ends_at) end as ends_at
      from hold where tenant_id = ${tx.tenantId} and kept_by = ${by}::uuid group by ground order by ground`;
  return rows.map((row) => ({
    ground: row.ground as ExceptionGround,
    holds: row.holds as number,
    subjects: row.subjects as number,
    endsAt: row.ends_at as Date | null,
  }));
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
