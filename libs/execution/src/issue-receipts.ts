import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { insertReceipts, type Transition } from '@personr/instruction';
import { canonicalJson, type InstructionId } from '@personr/kernel';
import { receiptCommitment, SALT_BYTES } from '@personr/proof';
import { type TenantTx } from '@personr/tenancy';
import { assertRecord } from './assert-record.js';
import { entryOf, SYSTEM } from './execution.events.js';
import { type Closing, receiptBodyOf } from './receipt-body.js';

/** The entries that receipts rest on, and the moves that they report. */
export type Reported = {
  readonly event: 'instruction.closed' | 'receipt.completed';
  readonly transitions: ReadonlyMap<InstructionId, readonly Transition[]>;
};

/** Issues receipts. The only place that does. */
@Injectable()
export class IssueReceipts {
  constructor(private readonly audit: AuditLog) {}

  /**
   * Writes, for each, an entry and the body that it commits to, in the caller's transaction: a receipt cannot say
   * later what was not said here. Throws `RECORD_INCOMPLETE` for one that lacks a fact which must be kept: what
   * closes with it is not closed then.
   */
  async run(tx: TenantTx, closings: readonly Closing[], { event, transitions }: Reported): Promise<void> {
    const issued = closings.map((closing) => {
      const body = receiptBodyOf(closing);
      assertRecord(body);
      return { closing, body, text: canonicalJson(body), salt: Uint8Array.from(randomBytes(SALT_BYTES)) };
    });
    const entryIds = await this.audit.appendAll(
      tx,
      issued.map(({ closing, body, text, salt }) => {
        const moved = transitions.get(closing.instruction.id) ?? [];
        return entryOf(closing, {
          event,
          at: closing.issuedAt ?? closing.finishedAt,
          actor: SYSTEM,
          commitment: receiptCommitment(salt, body),
          opening: { salt, body: text },
          detail: { outcome: body.outcome, transitions: moved.map(({ to }) => to) },
        });
      }),
    );
    await insertReceipts(
      tx,
      issued.map(({ closing, text, salt }, place) => {
        const entryId = entryIds[place];
        if (entryId === undefined) throw new Error('an event has an entry');
        const { finishedAt, issuedAt = finishedAt } = closing;
        return {
          instructionId: closing.instruction.id,
          entryId,
          salt,
          body: text,
          issuedAt,
        };
      }),
    );
  }
}
