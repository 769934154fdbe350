import { Injectable } from '@nestjs/common';
import { Clock, DomainError, type TenantId } from '@personr/kernel';
import { type Move, moveInstructions } from '@personr/instruction';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { completeWorks } from '@personr/work';
import {
  type Batch,
  ERASURE_STEPS,
  type Execution,
  hasExceptions,
  outcomeOf,
  type SteppedExecution,
  TURN_OVER,
} from './execution.js';
import { IssueReceipts } from './issue-receipts.js';
import { type Closing } from './receipt-body.js';
import { releasedSince } from './released-holds.js';
import { RunSteps } from './run-steps.js';
import { readyFor, reopenSteps } from './step.repository.js';

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
   * says it: what is not proved is never said to be completed. Those of whom a hold has ended meanwhile begin
   * again with what it kept, and leave the batch.
   */
  async run(batch: Batch<SteppedExecution>): Promise<void> {
    const released: SteppedExecution[] = [];
    await this.steps.run(batch, {
      name: 'CLOSE',
      act: () => this.vault.durability(),
      record: async (tx, { members, act: durability, at }) => {
        await assertAllDone(tx, members);
        released.push(...(await releasedSince(tx, members)));
        await beginAgain(tx, released, at);
        const ending = members.filter((member) => !released.includes(member));
        const closings = ending.map((erasure): Closing => ({
          instruction: erasure.instruction,
          tenantId: batch.tenantId,
          erasure,
          durability,
          finishedAt: at,
          ...beyondGuessing(erasure),
        }));
        await this.end(tx, ending, { closings, at });
        return new Map(
          ending.map((member) => [member.instruction.id, { outcome: { outcome: endOf(member) } }]),
        );
      },
    });
    batch.leave(released, TURN_OVER);
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
        moves: erasure === null ? NOTHING_HELD : ended(endOf(erasure)),
      })),
      at,
    );
    await this.receipts.run(tx, closings, { event: 'instruction.closed', transitions });
  }
}

const endOf = (member: Pick<SteppedExecution, 'steps'>): 'COMPLETED' | 'COMPLETED_WITH_EXCEPTIONS' =>
  hasExceptions(member) ? 'COMPLETED_WITH_EXCEPTIONS' : 'COMPLETED';

/** A tenant that left has no index any more: it went with the root. */
const beyondGuessing = (erasure: SteppedExecution): Pick<Closing, 'unguessableAt'> =>
  erasure.instruction.wholeTenant === true
    ? { unguessableAt: new Date(outcomeOf(erasure, 'SHRED_KEYS').sealedAt) }
    : {};

async function beginAgain(tx: TenantTx, released: readonly SteppedExecution[], at: Date): Promise<void> {
  const ids = released.map(({ instruction }) => instruction.id);
  await moveInstructions(
    tx,
    ids.map((id) => ({ id, moves: [{ event: 'erasure.resumed', to: 'ERASING' }] })),
    at,
  );
  await reopenSteps(tx, ids, ERASURE_STEPS);
}

async function assertAllDone(tx: TenantTx, members: readonly SteppedExecution[]): Promise<void> {
  const ids = members.map(({ instruction }) => instruction.id);
  const ready = await readyFor(tx, 'CLOSE', ids);
  if (ready.size < ids.length)
    throw new DomainError('ERASURE_INCOMPLETE', 'A step of the erasure is not done yet.');
}
