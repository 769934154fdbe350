import { Injectable } from '@nestjs/common';
import { Clock, DomainError, type TenantId } from '@personr/kernel';
import { type Move, moveInstructions } from '@personr/instruction';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { completeWorks } from '@personr/work';
import { type Batch, type Execution, heldBackOf, type SubjectExecution } from './execution.js';
import { IssueReceipts } from './issue-receipts.js';
import { type Closing } from './receipt-body.js';
import { RunSteps } from './run-steps.js';
import { readyFor } from './step.repository.js';

const ended = (to: 'COMPLETED' | 'COMPLETED_WITH_EXCEPTIONS'): readonly Move[] => [
  { event: 'erasure.verified', to: 'RESPONDING' },
  { event: 'response.sent', to: 'RESPONDED' },
  { event: 'instruction.closed', to },
];

const NOTHING_HELD: readonly Move[] = [
  { event: 'response.sent', to: 'RESPONDED' },
  { event: 'instruction.closed', to: 'CLOSED_NO_DATA' },
];

/** Step 9 of an erasure: the end of the life, the last entry and the receipt, together. */
@Injectable()
export class CloseInstructions {
  constructor(
    private readonly steps: RunSteps,
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly receipts: IssueReceipts,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends erasures. Refuses with `ERASURE_INCOMPLETE` when any earlier step of one of them is not done, as the database
   * says it: what is not proved is never said to be completed.
   */
  run(batch: Batch): Promise<void> {
    return this.steps.run(batch, {
      name: 'CLOSE',
      act: () => this.vault.durability(),
      record: async (tx, { members, act: durability, at }) => {
        await assertAllDone(tx, members);
        const closings = members.map((erasure): Closing => ({
          instruction: erasure.instruction,
          tenantId: batch.tenantId,
          erasure,
          durability,
          finishedAt: at,
        }));
        await this.end(tx, members, { closings, at });
        return new Map(
          members.map((member) => [member.instruction.id, { outcome: { outcome: outcomeOf(member) } }]),
        );
      },
    });
  }

  /** Ends instructions about whom nothing was held when they were accepted. Throws `LEASE_LOST`. */
  async nothingHeld(tenantId: TenantId, executions: readonly Execution[]): Promise<void> {
    if (executions.length === 0) return;
    const durability = await this.vault.durability();
    await this.tenancy.forTenant(tenantId, async (tx) => {
      const at = this.clock.now();
      const closings = executions.map(({ instruction }): Closing => ({
        instruction,
        tenantId,
        erasure: null,
        durability,
        finishedAt: at,
      }));
      await this.end(tx, executions, { closings, at });
    });
  }

  private async end(
    tx: TenantTx,
    executions: readonly Execution[],
    { closings, at }: { closings: readonly Closing[]; at: Date },
  ): Promise<void> {
    await completeWorks(
      tx,
      executions.map(({ lease }) => lease),
      at,
    );
    const transitions = await moveInstructions(
      tx,
      closings.map(({ instruction: { id }, erasure }) => ({
        id,
        moves: erasure === null ? NOTHING_HELD : ended(outcomeOf(erasure)),
      })),
      at,
    );
    await this.receipts.run(tx, closings, { event: 'instruction.closed', transitions });
  }
}

const outcomeOf = (member: Pick<SubjectExecution, 'steps'>): 'COMPLETED' | 'COMPLETED_WITH_EXCEPTIONS' =>
  heldBackOf(member).length === 0 ? 'COMPLETED' : 'COMPLETED_WITH_EXCEPTIONS';

async function assertAllDone(tx: TenantTx, members: readonly SubjectExecution[]): Promise<void> {
  const ids = members.map(({ instruction }) => instruction.id);
  const ready = await readyFor(tx, 'CLOSE', ids);
  if (ready.size < ids.length)
    throw new DomainError('ERASURE_INCOMPLETE', 'A step of the erasure is not done yet.');
}
