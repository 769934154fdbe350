import { type Id } from '@personr/kernel';
import { type RelayTx, type TenantTx } from '@personr/tenancy';
import { type Known } from '@personr/vault';

/** The mark of a data database that was closed. */
export const CLOSED_MARK = '00000000-0000-0000-0000-000000000000';

/** The data database's mark, and the replay that is to open it. */
export type DataTide = { readonly mark: string; readonly restoreId: string | null };

/** Reads the mark. */
export async function readTide(tx: RelayTx): Promise<DataTide> {
  const [row] = await tx.$queryRaw<DataTide[]>`
    select mark::text, restore_id::text as "restoreId" from tide`;
  if (row === undefined) throw new Error('the data database has no mark');
  return row;
}

/** Takes the next mark if the one there is `mark`. */
export async function moveTide(tx: RelayTx, mark: string, next: string): Promise<void> {
  await tx.$executeRaw`update tide set mark = ${next}::uuid where mark = ${mark}::uuid`;
}

/** Closes the database, for a replay of this name unless one is named already. Returns the replay's name. */
export async function closeTide(tx: RelayTx, restoreId: string): Promise<string> {
  const [row] = await tx.$queryRaw<{ restoreId: string }[]>`
    update tide set mark = ${CLOSED_MARK}::uuid,
                    restore_id = case when mark = ${CLOSED_MARK}::uuid then coalesce(restore_id, ${restoreId}::uuid)
                                      else ${restoreId}::uuid end
    returning restore_id::text as "restoreId"`;
  if (row === undefined) throw new Error('the data database has no mark');
  return row.restoreId;
}

/** Opens a database that this replay has brought up to date. */
export async function openTide(
  tx: RelayTx,
  { restoreId, mark }: { restoreId: string; mark: string },
): Promise<void> {
  await tx.$executeRaw`
    update tide set mark = ${mark}::uuid, restore_id = null where restore_id = ${restoreId}::uuid`;
}

/** How many of these the data database does not know: instructions that are not there, erasures that had not begun. */
export async function countUnknown(tx: RelayTx, known: readonly Known[]): Promise<number> {
  if (known.length === 0) return 0;
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    select count(*)::int as count
      from unnest(${known.map(({ tenantId }) => tenantId)}::uuid[], ${known.map(({ instructionId }) => instructionId)}::uuid[],
                  ${known.map(({ isErasure }) => isErasure)}::boolean[]) as k (tenant_id, id, is_erasure)
     where case when k.is_erasure
       then not exists (select from execution_step s
                         where s.tenant_id = k.tenant_id and s.instruction_id = k.id and s.name = 'INTEND')
       else not exists (select from instruction i where i.tenant_id = k.tenant_id and i.id = k.id) end`;
  return row?.count ?? 0;
}

/** How many of these holds of the tenant the data database does not know. */
export async function countUnknownHolds(tx: TenantTx, ids: readonly Id<'hold'>[]): Promise<number> {
  const [row] = await tx.bulk`
    select count(*)::int as count from unnest(${ids}::uuid[]) as k (id)
     where not exists (select from hold h where h.tenant_id = ${tx.tenantId} and h.id = k.id)`;
  return row?.count as number;
}
