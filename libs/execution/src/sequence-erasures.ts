import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { type Instruction, moveInstructions } from '@personr/instruction';
import { Clock, type InstructionId, type TenantId } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { holdLeases } from '@personr/work';
import { type SubjectExecution } from './execution.js';
import { entryOf, type ExecutionEvent, SYSTEM } from './execution.events.js';

/** Why an erasure waits: an export of the same subject was ordered before it. */
export const QUEUED_BEHIND_EXPORT = 'QUEUED_BEHIND_EXPORT';

/** Erasures that may go on, and those that wait. */
export type Sequenced = {
  readonly going: readonly SubjectExecution[];
  readonly waiting: readonly SubjectExecution[];
};

/** Lets an export that was ordered first be answered before its subject is erased. */
@Injectable()
export class SequenceErasures {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Which of these erasures wait: those that have not begun, of a subject of whom an earlier export has not ended. One
   * that begins to wait, and one that need not any more, says so, once. Clocks run on. Throws `LEASE_LOST`.
   */
  async run(tenantId: TenantId, erasures: readonly SubjectExecution[]): Promise<Sequenced> {
    const fresh = erasures.filter(({ instruction }) => isFresh(instruction));
    if (fresh.length === 0) return { going: erasures, waiting: [] };
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const behind = await behindExports(tx, fresh);
      const waiting = fresh.filter(({ instruction }) => behind.has(instruction.id));
      const queued = waiting.filter(({ instruction }) => instruction.state === 'APPROVED');
      const released = fresh.filter(
        ({ instruction }) => instruction.state === 'QUEUED' && !behind.has(instruction.id),
      );
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

const approved = (erasure: SubjectExecution): SubjectExecution => ({
  ...erasure,
  instruction: { ...erasure.instruction, state: 'APPROVED' },
});

/** Those of these erasures before which an export of the same subject was ordered that has not ended. */
async function behindExports(
  tx: TenantTx,
  erasures: readonly SubjectExecution[],
): Promise<ReadonlySet<InstructionId>> {
  const rows = await tx.bulk`
    select distinct e.id
      from unnest(${erasures.map(({ instruction }) => instruction.id)}::uuid[],
                  ${erasures.map(({ subjectId }) => subjectId)}::uuid[]) as e (id, subject_id)
      join instruction x on x.tenant_id = ${tx.tenantId} and x.subject_id = e.subject_id and x.id < e.id
     where x.type = 'EXPORT' and x.finished_at is null`;
  return new Set(rows.map((row) => row.id as InstructionId));
}
