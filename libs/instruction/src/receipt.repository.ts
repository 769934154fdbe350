import { type EntryId, type InstructionId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';

/** A receipt at rest: its body in canonical bytes, the salt that hides it in the log, and its entry's id. */
export type StoredReceipt = {
  readonly instructionId: InstructionId;
  readonly entryId: EntryId;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly body: string;
  readonly issuedAt: Date;
};

/**
 * Keeps receipts, each as the next edition of its instruction's: the first, unless one was issued before that could
 * not say everything yet. The caller has locked the instructions.
 */
export async function insertReceipts(tx: TenantTx, receipts: readonly StoredReceipt[]): Promise<void> {
  if (receipts.length === 0) return;
  await tx.bulk`
    insert into receipt (tenant_id, instruction_id, entry_id, salt, body, issued_at, edition)
    select ${tx.tenantId}::uuid, new.*,
           1 + (select count(*) from receipt r where r.tenant_id = ${tx.tenantId} and r.instruction_id = new.id)
      from unnest(${receipts.map(({ instructionId }) => instructionId)}::uuid[],
                  ${receipts.map(({ entryId }) => entryId)}::uuid[], ${receipts.map(({ salt }) => salt)}::bytea[],
                  ${receipts.map(({ body }) => body)}::text[],
                  ${receipts.map(({ issuedAt }) => issuedAt.toISOString())}::timestamptz[]) as new (id, entry_id, salt, body, at)`;
}

/** Keeps one receipt, as `insertReceipts` does. */
export const insertReceipt = (tx: TenantTx, receipt: StoredReceipt): Promise<void> =>
  insertReceipts(tx, [receipt]);

/** Finds the newest edition of the instruction's receipt, or null. */
export async function findReceipt(tx: TenantTx, instructionId: InstructionId): Promise<StoredReceipt | null> {
  const row = await tx.receipt.findFirst({
    where: { tenantId: tx.tenantId, instructionId },
    orderBy: { edition: 'desc' },
  });
  return row === null
    ? null
    : {
        instructionId,
        entryId: row.entryId as EntryId,
        salt: row.salt,
        body: row.body,
        issuedAt: row.issuedAt,
      };
}

/** Finds the editions of receipts that rest on these entries, in no order. */
export async function receiptsOf(
  tx: TenantTx,
  names: readonly Pick<StoredReceipt, 'instructionId' | 'entryId'>[],
): Promise<(StoredReceipt & { readonly edition: number })[]> {
  const rows = await tx.bulk`
    select instruction_id, entry_id, edition, salt, body, issued_at from receipt
     where tenant_id = ${tx.tenantId}
       and instruction_id = any(${[...new Set(names.map(({ instructionId }) => instructionId))]}::uuid[])
       and entry_id = any(${names.map(({ entryId }) => entryId)}::uuid[])`;
  return rows.map((row) => ({
    instructionId: row.instruction_id as InstructionId,
    entryId: row.entry_id as EntryId,
    edition: row.edition as number,
    salt: Uint8Array.from(row.salt as Buffer),
    body: row.body as string,
    issuedAt: row.issued_at as Date,
  }));
}
