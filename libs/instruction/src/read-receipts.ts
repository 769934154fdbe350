import { Injectable } from '@nestjs/common';
import { type LogSnapshot, proveAt } from '@personr/audit';
import { type EntryId, type InstructionId } from '@personr/kernel';
import { composeReceipt, formatTlogProof, type ReceiptBody } from '@personr/proof';
import { Tenancy } from '@personr/tenancy';
import { receiptsOf } from './receipt.repository.js';
import { type HandedReceipt } from './read-receipt.js';

/** The entries that receipts rest on. */
export const RECEIPT_EVENTS: readonly string[] = ['instruction.closed', 'receipt.completed'];

/** An edition of a receipt. The first is 1. */
export type ReceiptEdition = HandedReceipt & {
  readonly instructionId: InstructionId;
  readonly edition: number;
};

/** Which receipt: that of an instruction that rests on this entry. */
export type ReceiptName = { readonly instructionId: InstructionId; readonly entryId: EntryId };

/** Hands out receipts by the hundred, as they were under one checkpoint. */
@Injectable()
export class ReadReceipts {
  constructor(private readonly tenancy: Tenancy) {}

  /** These receipts under the checkpoint of the snapshot. Those whose entry it does not cover are left out. */
  run(snapshot: LogSnapshot, names: readonly ReceiptName[]): Promise<ReceiptEdition[]> {
    return this.tenancy.forTenant(snapshot.tenantId, async (tx) => {
      const entryIds = names.map(({ entryId }) => entryId);
      const stored = await receiptsOf(tx, names);
      const proven = await proveAt(tx, snapshot, entryIds);
      return stored.flatMap(({ instructionId, entryId, edition, salt, ...receipt }) => {
        const proof = proven.get(entryId);
        if (proof === undefined) return [];
        const body = JSON.parse(receipt.body) as ReceiptBody;
        return {
          instructionId,
          edition,
          receipt: composeReceipt({ body, salt, ...proof }),
          tlogProof: formatTlogProof(proof.proof),
        };
      });
    });
  }
}
