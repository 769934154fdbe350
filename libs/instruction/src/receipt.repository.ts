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

/** Keeps the receipt. There is one an instruction: a second is refused by the database. */
export async function insertReceipt(tx: TenantTx, receipt: StoredReceipt): Promise<void> {
  await tx.receipt.create({ data: { tenantId: tx.tenantId, ...receipt } });
}

/** Finds the instruction's receipt, or null. */
export async function findReceipt(tx: TenantTx, instructionId: InstructionId): Promise<StoredReceipt | null> {
  const row = await tx.receipt.findUnique({
    where: { tenantId_instructionId: { tenantId: tx.tenantId, instructionId } },
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
