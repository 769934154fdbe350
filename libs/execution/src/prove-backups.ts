import { Injectable } from '@nestjs/common';
import { moveInstructions } from '@personr/instruction';
import { type TenantTx } from '@personr/tenancy';
import { TermsReader } from '@personr/terms';
import { judgeBackups, readable } from './backup-set.js';
import { listBackupSets } from './backup-set.repository.js';
import { type BackupsOutcome, type Batch, outcomeOf, type SteppedExecution } from './execution.js';
import { RunSteps } from './run-steps.js';

type Judged = ReadonlyMap<SteppedExecution, BackupsOutcome['sets']>;

/** Step 8 of an erasure: no copy that could be read, and nobody else who still has to erase. */
@Injectable()
export class ProveBackups {
  constructor(
    private readonly steps: RunSteps,
    private readonly terms: TermsReader,
  ) {}

  /**
   * Lists every set that could have held the subject with the reason why it cannot be read. Those for whom one can be
   * leave the batch with `BACKUP_COPY_REMAINS`, unless the policy lets that set wait.
   */
  async run(batch: Batch<SteppedExecution>): Promise<void> {
    const stopped: SteppedExecution[] = [];
    await this.steps.run(batch, {
      name: 'PROVE_BACKUPS',
      record: async (tx, { members, at }) => {
        const judged = await this.judge(tx, members);
        stopped.push(...members.filter((member) => readable(judged.get(member) ?? []).length > 0));
        const ends = members
          .filter((member) => !stopped.includes(member))
          .map((member) => ({ member, sets: judged.get(member) ?? [] }));
        await moveInstructions(
          tx,
          ends.map(({ member, sets }) => ({
            id: member.instruction.id,
            moves: [{ event: eventOf(sets), to: 'AWAITING_SUBPROCESSORS' }],
          })),
          at,
        );
        return new Map(
          ends.map(({ member, sets }) => [member.instruction.id, { outcome: { sets }, done: sets.length }]),
        );
      },
    });
    batch.leave(stopped, 'BACKUP_COPY_REMAINS');
  }

  /**
   * Waits for everybody else who received the data. Nobody did: no part of the product discloses anything to
   * anybody, so there is nobody to tell, and the receipt's list is empty for that reason.
   */
  async confirmSubprocessors(batch: Batch<SteppedExecution>): Promise<void> {
    await this.steps.run(batch, {
      name: 'CONFIRM_SUBPROCESSORS',
      record: async (tx, { members, at }) => {
        await moveInstructions(
          tx,
          members.map(({ instruction: { id } }) => ({
            id,
            moves: [{ event: 'subprocessor.confirmed', to: 'VERIFYING_ERASURE' }],
          })),
          at,
        );
        return new Map(
          members.map(({ instruction }) => [instruction.id, { outcome: { told: [] }, done: 0 }]),
        );
      },
    });
  }

  private async judge(tx: TenantTx, members: readonly SteppedExecution[]): Promise<Judged> {
    const sets = await listBackupSets(tx);
    const { policy } = await this.terms.inForce(tx);
    const mayWait = policy.backupErasure === 'ON_RESTORE';
    return new Map(
      members.map((member) => {
        const { heldSince } = outcomeOf(member, 'MARK_ERASING');
        const sealedAt = new Date(outcomeOf(member, 'SHRED_KEYS').sealedAt);
        const since = heldSince === null ? null : new Date(heldSince);
        return [member, judgeBackups(sets, { sealedAt, heldSince: since, mayWait })];
      }),
    );
  }
}

const eventOf = (sets: BackupsOutcome['sets']): string =>
  sets.some(({ result }) => result === 'ON_RESTORE')
    ? 'erasure.backups.deferred'
    : 'erasure.backups.completed';
