import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { moveInstructions } from '@personr/instruction';
import { Clock } from '@personr/kernel';
import { isWhole, Stores } from '@personr/stores';
import { unmarkSubjects } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { holdLeases } from '@personr/work';
import { type Batch, scopeOf, type SubjectExecution } from './execution.js';
import { entryOf, SYSTEM } from './execution.events.js';
import { type Ending, RunSteps } from './run-steps.js';
import { SearchAfresh } from './search-afresh.js';
import { reopenSteps } from './step.repository.js';

/** Step 7 of an erasure: nothing is said to be erased before a search of everything found nothing. */
@Injectable()
export class SweepStores {
  constructor(
    private readonly steps: RunSteps,
    private readonly tenancy: Tenancy,
    private readonly search: SearchAfresh,
    private readonly stores: Stores,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Searches every store afresh. Those of whom something was left go back to step 2 and leave the batch with
   * `RESIDUAL_DATA_FOUND`; those of whom something is still coming in leave it with `ERASURE_INCOMPLETE`, to be
   * searched again: an upload whose key is gone ends by itself. No other writer can be open: whoever writes about a
   * subject holds its row from before its first write until its commit, and marking waited for all of them.
   */
  run(batch: Batch): Promise<void> {
    return this.steps.run(batch, {
      name: 'SWEEP',
      act: async (members) => {
        const { left, underWay } = await this.search.of(batch.tenantId, members);
        const residues = members.filter(({ subjectId }) => left.has(subjectId) && !underWay.has(subjectId));
        await this.visitAgain(batch, residues, left);
        batch.leave(
          members.filter(({ subjectId }) => underWay.has(subjectId)),
          'ERASURE_INCOMPLETE',
        );
      },
      record: async (tx, ending) => {
        await this.saySo(tx, ending);
        const stores = this.stores.all().map(({ name }) => ({ store: name, remaining: 0 as const }));
        const outcome = { erasedAt: ending.at.toISOString(), stores };
        return new Map(
          ending.members.map(({ instruction }) => [instruction.id, { outcome, done: stores.length }]),
        );
      },
    });
  }

  private async saySo(tx: TenantTx, { members, at }: Ending<unknown>): Promise<void> {
    const stays = members.filter((member) => !isWhole(scopeOf(member)));
    await unmarkSubjects(
      tx,
      stays.map(({ subjectId, instruction }) => ({ id: subjectId, by: instruction.id })),
    );
    await moveInstructions(
      tx,
      members.map(({ instruction: { id } }) => ({
        id,
        moves: [{ event: 'erasure.active.completed', to: 'ERASING_BACKUPS' }],
        instants: { erasedAt: at },
      })),
      at,
    );
    await this.audit.appendAll(
      tx,
      members.map((member) => entryOf(member, { event: 'erasure.verified', at, actor: SYSTEM })),
    );
  }

  private async visitAgain(
    batch: Batch,
    residues: readonly SubjectExecution[],
    left: ReadonlyMap<string, number>,
  ): Promise<void> {
    if (residues.length === 0) return;
    await this.tenancy.forTenant(batch.tenantId, async (tx) => {
      const at = this.clock.now();
      const leases = residues.map(({ lease }) => lease);
      await holdLeases(tx, leases, at);
      const ids = residues.map(({ instruction }) => instruction.id);
      await reopenSteps(tx, ids, ['SHRED_KEYS', 'ERASE_STORES']);
      await this.audit.appendAll(
        tx,
        residues.map((member) =>
          entryOf(member, {
            event: 'erasure.residue_found',
            at,
            actor: SYSTEM,
            reasonCode: 'RESIDUAL_DATA_FOUND',
            detail: { left: left.get(member.subjectId) ?? 0 },
          }),
        ),
      );
    });
    batch.leave(residues, 'RESIDUAL_DATA_FOUND');
  }
}
