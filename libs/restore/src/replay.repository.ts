import { type InstructionId, type KeyId, type SubjectId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';

/** One tenant's part of a replay: from where on its log was lacking, and what was done if it has ended. */
export type RestoreRun = { readonly fromSize: number; readonly detail: ReplayCounts | null };

/** What of a tenant was made good. */
export type ReplayCounts = {
  /** Entries of the log that were read back. */
  readonly entries: number;
  /** Instructions that this database did not know. */
  readonly instructions: number;
  /** Ends of instructions, with their receipts, that it did not know. */
  readonly endings: number;
  readonly holds: number;
  /** Identities that are not to be taken in again. */
  readonly suppressed: number;
  /** Credentials and consents that had been taken back since. */
  readonly takenBack: number;
  /** Lines of the erasure ledger that were carried out again, and the rows that went with it. */
  readonly erasures: number;
  readonly rows: number;
  /** Rows that nobody can open and no erasure accounts for: they stay. */
  readonly quarantined: number;
};

/** Begins a tenant's part, or finds it. The size of the log is the one that there was when it began. */
export async function beginRun(
  tx: TenantTx,
  { restoreId, at }: { restoreId: string; at: Date },
): Promise<RestoreRun> {
  await tx.bulk`
    insert into restore_run (tenant_id, restore_id, from_size, began_at)
    select ${tx.tenantId}::uuid, ${restoreId}::uuid,
           coalesce((select size from log_head where tenant_id = ${tx.tenantId}), 0), ${at.toISOString()}::timestamptz
    on conflict do nothing`;
  const [row] = await tx.bulk`
    select from_size, case when ended_at is not null then detail end as detail from restore_run
     where tenant_id = ${tx.tenantId} and restore_id = ${restoreId}`;
  return { fromSize: Number(row?.from_size ?? 0), detail: (row?.detail ?? null) as ReplayCounts | null };
}

/** Ends a tenant's part. False when it had ended already. */
export async function endRun(
  tx: TenantTx,
  { restoreId, at, detail }: { restoreId: string; at: Date; detail: ReplayCounts },
): Promise<boolean> {
  const rows = await tx.bulk`
    update restore_run set ended_at = ${at.toISOString()}::timestamptz, detail = ${JSON.stringify(detail)}::jsonb
     where tenant_id = ${tx.tenantId} and restore_id = ${restoreId} and ended_at is null returning restore_id`;
  return rows.length === 1;
}

/** A sealed row of one of the tables that hold them. */
export type SealedRow = {
  readonly store: 'record' | 'document';
  readonly id: string;
  readonly subjectId: SubjectId;
  readonly keyId: KeyId;
};

/** Every sealed row of these subjects. */
export async function sealedRowsOf(tx: TenantTx, subjects: readonly SubjectId[]): Promise<SealedRow[]> {
  const rows = await tx.bulk`
    select 'record' as store, id, subject_id as "subjectId", key_id as "keyId" from record
     where tenant_id = ${tx.tenantId} and subject_id = any(${subjects}::uuid[])
     union all
    select 'document', id, subject_id, key_id from document
     where tenant_id = ${tx.tenantId} and subject_id = any(${subjects}::uuid[])`;
  return rows as unknown as SealedRow[];
}

/** A page of sealed rows of one table, by id. */
export async function sealedRowsAfter(
  tx: TenantTx,
  store: SealedRow['store'],
  { after, limit }: { after: string | null; limit: number },
): Promise<SealedRow[]> {
  const rows =
    store === 'record'
      ? await tx.bulk`
          select 'record' as store, id, subject_id as "subjectId", key_id as "keyId" from record
           where tenant_id = ${tx.tenantId} and (${after}::uuid is null or id > ${after}::uuid) order by id limit ${limit}`
      : await tx.bulk`
          select 'document' as store, id, subject_id as "subjectId", key_id as "keyId" from document
           where tenant_id = ${tx.tenantId} and (${after}::uuid is null or id > ${after}::uuid) order by id limit ${limit}`;
  return rows as unknown as SealedRow[];
}

/** Removes sealed rows. Objects of documents must have gone before. */
export async function removeSealedRows(tx: TenantTx, rows: readonly SealedRow[]): Promise<void> {
  const ids = (store: SealedRow['store']) => rows.filter((row) => row.store === store).map(({ id }) => id);
  await tx.bulk`delete from record where tenant_id = ${tx.tenantId} and id = any(${ids('record')}::uuid[])`;
  await tx.bulk`delete from document where tenant_id = ${tx.tenantId} and id = any(${ids('document')}::uuid[])`;
}

/** Forgets what an earlier replay, perhaps beside another key store, had set apart. */
export const clearQuarantine = (tx: TenantTx) =>
  tx.bulk`delete from quarantined_row where tenant_id = ${tx.tenantId}`;

/** Sets rows apart: they stay where they are, and are listed. */
export async function quarantine(
  tx: TenantTx,
  rows: readonly SealedRow[],
  { restoreId, at }: { restoreId: string; at: Date },
): Promise<void> {
  await tx.bulk`
    insert into quarantined_row (tenant_id, store, id, subject_id, key_id, restore_id, found_at)
    select ${tx.tenantId}::uuid, new.*, ${restoreId}::uuid, ${at.toISOString()}::timestamptz
      from unnest(${rows.map(({ store }) => store)}::text[], ${rows.map(({ id }) => id)}::uuid[],
                  ${rows.map(({ subjectId }) => subjectId)}::uuid[], ${rows.map(({ keyId }) => keyId)}::uuid[]) as new
    on conflict do nothing`;
}

/** What is said of an erasure for its references: our own names of the subject, and when the instruction was accepted. */
export async function referencesOf(
  tx: TenantTx,
  lines: readonly { instructionId: InstructionId; subjectId: SubjectId; intendedAt: Date }[],
) {
  const rows = await tx.bulk`
    select l.id as "instructionId", coalesce(i.accepted_at, l.at) as "acceptedAt", r.reference
      from unnest(${lines.map(({ instructionId }) => instructionId)}::uuid[],
                  ${lines.map(({ subjectId }) => subjectId)}::uuid[],
                  ${lines.map(({ intendedAt }) => intendedAt.toISOString())}::timestamptz[]) as l (id, subject_id, at)
      left join instruction i on i.tenant_id = ${tx.tenantId} and i.id = l.id
     cross join lateral (values (l.subject_id::text), (i.subject_ref)) as r (reference)
     where r.reference is not null`;
  return rows as unknown as { instructionId: InstructionId; acceptedAt: Date; reference: string }[];
}

type Taken = 'client' | 'secret' | 'consent' | 'endpoint';

/**
 * Takes back what the log says was taken back since: clients, their secrets, consents, endpoints. Returns how many rows that
 * changed.
 */
export async function takeBack(
  tx: TenantTx,
  taken: readonly {
    readonly what: Taken;
    readonly id: string;
    readonly at: string;
  }[],
): Promise<number> {
  const of = (what: Taken) => {
    const some = taken.filter((one) => one.what === what);
    return { ids: some.map(({ id }) => id), times: some.map(({ at }) => at) };
  };
  const [clients, secrets, consents, endpoints] = [of('client'), of('secret'), of('consent'), of('endpoint')];
  const revoked = await tx.bulk`
    update api_client c set revoked_at = n.at from unnest(${clients.ids}::uuid[], ${clients.times}::timestamptz[]) as n (id, at)
     where c.tenant_id = ${tx.tenantId} and c.id = n.id and c.revoked_at is null returning c.id`;
  const removed = await tx.bulk`
    delete from api_client_secret where tenant_id = ${tx.tenantId} and id = any(${secrets.ids}::uuid[]) returning id`;
  const withdrawn = await tx.bulk`
    update consent c set withdrawn_at = n.at from unnest(${consents.ids}::uuid[], ${consents.times}::timestamptz[]) as n (id, at)
     where c.tenant_id = ${tx.tenantId} and c.id = n.id and c.withdrawn_at is null returning c.id`;
  const closed = await tx.bulk`
    update endpoint e set revoked_at = n.at, sealed_secret = null, code_sha256 = null
      from unnest(${endpoints.ids}::uuid[], ${endpoints.times}::timestamptz[]) as n (id, at)
     where e.tenant_id = ${tx.tenantId} and e.id = n.id and e.revoked_at is null returning e.id`;
  return revoked.length + removed.length + withdrawn.length + closed.length;
}
