import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { type Instruction, moveInstructions } from '@personr/instruction';
import { Clock, type InstructionId, type TenantId } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { holdLeases } from '@personr/work';
import { returnedBy, type SubjectExecution } from './execution.js';
import { entryOf, type ExecutionEvent, SYSTEM } from './execution.events.js';

/** Why an erasure waits: an export, or a return, of the same subject was ordered before it. */
export const QUEUED_BEHIND_EXPORT = 'QUEUED_BEHIND_EXPORT';

/** Erasures that may go on, and those that wait. */
export type Sequenced = {
  readonly going: readonly SubjectExecution[];
  readonly waiting: readonly SubjectExecution[];
};

/** Lets an export that was ordered first be answered before its subject is erased, and what is returned arrive. */
@Injectable()
export class SequenceErasures {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Which of these wait: erasures and returns that have not begun, of a subject of whom an earlier export or return has not
   * ended; an erasure that was on hold also for a later return that has begun meanwhile; returns for an earlier erasure,
   * unless that is on hold; and the erasure that follows an acknowledgement, for every export that was ordered before that;
   * and every one, also one that goes on because a hold has ended, while everything of the tenant is packed or waits for its acknowledgement:
   * what is packed is not erased before it has arrived. One that begins to wait, and one that need not any more, says so, once. Clocks run on. Throws `LEASE_LOST`.
   */
  async run(tenantId: TenantId, erasures: readonly SubjectExecution[]): Promise<Sequenced> {
    if (erasures.length === 0) return { going: [], waiting: [] };
    const fresh = erasures.filter((one) => isFresh(one.instruction) || isAcknowledged(one));
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const isAllReturned = await isReturningAll(tx);
      const behind = await behindExports(tx, fresh);
      const waiting = isAllReturned
        ? erasures
        : fresh.filter(({ instruction }) => behind.has(instruction.id));
      const queued = waiting.filter(({ instruction }) => instruction.state === 'APPROVED');
      const released = fresh.filter((one) => one.instruction.state === 'QUEUED' && !waiting.includes(one));
      await this.move(tx, queued, { event: 'instruction.sequenced', to: 'QUEUED' });
      await this.move(tx, released, { event: 'instruction.released', to: 'APPROVED' });
      const going = erasures.filter((erasure) => !waiting.includes(erasure));
      return {
        waiting,
        going: going.map((erasure) => (released.includes(erasure) ? approved(erasure) : erasure)),
      };
    });
  }

  private async move(
    tx: TenantTx,
    erasures: readonly SubjectExecution[],
    { event, to }: { event: ExecutionEvent['event']; to: 'QUEUED' | 'APPROVED' },
  ): Promise<void> {
    if (erasures.length === 0) return;
    const at = this.clock.now();
    await holdLeases(
      tx,
      erasures.map(({ lease }) => lease),
      at,
    );
    const moves = [{ event, to }];
    await moveInstructions(
      tx,
      erasures.map(({ instruction: { id } }) => ({ id, moves })),
      at,
    );
    await this.audit.appendAll(
      tx,
      erasures.map((erasure) => entryOf(erasure, { event, at, actor: SYSTEM, to })),
    );
  }
}

const isFresh = ({ state }: Instruction): boolean => state === 'APPROVED' || state === 'QUEUED';

/** Whether what it returned was acknowledged and nothing of it has begun to be erased. */
const isAcknowledged = (one: SubjectExecution): boolean =>
  one.instruction.state === 'ERASING' &&
  returnedBy(one) !== null &&
  one.steps.get('MARK_ERASING') === undefined;

const acknowledgedAt = (one: SubjectExecution): string | null =>
  isAcknowledged(one) ? (returnedBy(one)?.transfer.acknowledgedAt ?? null) : null;

const approved = (erasure: SubjectExecution): SubjectExecution => ({
  ...erasure,
  instruction: { ...erasure.instruction, state: 'APPROVED' },
});

/** Whether everything of the tenant is being returned, and what was packed of it has not been acknowledged. */
async function isReturningAll(tx: TenantTx): Promise<boolean> {
  const rows = await tx.bulk`
    select from instruction
     where tenant_id = ${tx.tenantId} and type = 'RETURN' and finished_at is null and whole_tenant
       and state in ('PACKAGING', 'DELIVERING', 'AWAITING_TRANSFER_ACK') limit 1`;
  return rows.length > 0;
}

/** Those of these before which something about the same subject was ordered that they wait for. */
async function behindExports(
  tx: TenantTx,
  erasures: readonly SubjectExecution[],
): Promise<ReadonlySet<InstructionId>> {
  const rows = await tx.bulk`
    select distinct e.id
      from unnest(${erasures.map(({ instruction }) => instruction.id)}::uuid[],
                  ${erasures.map(({ subjectId }) => subjectId)}::uuid[],
                  ${erasures.map(({ instruction }) => instruction.type === 'RETURN')}::boolean[],
                  ${erasures.map(acknowledgedAt)}::timestamptz[]) as e (id, subject_id, is_return, acknowledged_at)
      join instruction x on x.tenant_id = ${tx.tenantId} and x.subject_id = e.subject_id and x.id <> e.id
     where x.finished_at is null and case
             when e.acknowledged_at is not null then x.accepted_at <= e.acknowledged_at and x.type = 'EXPORT'
             else x.id < e.id and (x.type in ('EXPORT', 'RETURN')
                                   or e.is_return and x.type = 'DELETE' and x.state <> 'ON_HOLD')
                  or not e.is_return and x.type = 'RETURN' and x.state not in ('APPROVED', 'QUEUED') end`;
  return new Set(rows.map((row) => row.id as InstructionId));
}
