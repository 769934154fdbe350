import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { moveInstructions } from '@personr/instruction';
import { Clock } from '@personr/kernel';
import { Stores } from '@personr/stores';
import { Tenancy } from '@personr/tenancy';
import { holdLeases } from '@personr/work';
import { type Batch, type SteppedExecution } from './execution.js';
import { entryOf, SYSTEM } from './execution.events.js';
import { RunSteps } from './run-steps.js';
import { SearchTenant } from './search-tenant.js';
import { reopenSteps } from './step.repository.js';

/** Step 7 of the erasure of everything: nothing is said to be erased before a search of everything found nothing. */
@Injectable()
export class SweepTenant {
  constructor(
    private readonly steps: RunSteps,
    private readonly tenancy: Tenancy,
    private readonly search: SearchTenant,
    private readonly stores: Stores,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Searches the database, what rests outside it and the key store for anything of the tenant's subjects that is not
   * held. A residue goes back to step 2 and leaves the batch with `RESIDUAL_DATA_FOUND`; while an upload is still coming
   * in it leaves with `ERASURE_INCOMPLETE`, to be searched again: its key is gone, so it ends by itself.
   */
  run(batch: Batch<SteppedExecution>): Promise<void> {
    return this.steps.run(batch, {
      name: 'SWEEP',
      act: async (members) => {
        for (const member of members) {
          const { left, isUnderWay } = await this.search.of(batch.tenantId, member.instruction.id);
          if (left > 0) await this.visitAgain(batch, member, left);
          else if (isUnderWay) batch.leave([member], 'ERASURE_INCOMPLETE');
        }
      },
      record: async (tx, { members, at }) => {
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
        const names = [...this.stores.all().map(({ name }) => name), 'subjects'];
        const stores = names.map((store) => ({ store, remaining: 0 as const }));
        const outcome = { erasedAt: at.toISOString(), stores };
        return new Map(members.map(({ instruction }) => [instruction.id, { outcome, done: stores.length }]));
      },
    });
  }

  private async visitAgain(
    batch: Batch<SteppedExecution>,
    member: SteppedExecution,
    left: number,
  ): Promise<void> {
    await this.tenancy.forTenant(batch.tenantId, async (tx) => {
      const at = this.clock.now();
      await holdLeases(tx, [member.lease], at);
      await reopenSteps(tx, [member.instruction.id], ['SHRED_KEYS', 'ERASE_STORES']);
      await this.audit.append(
        tx,
        entryOf(member, {
          event: 'erasure.residue_found',
          at,
          actor: SYSTEM,
          reasonCode: 'RESIDUAL_DATA_FOUND',
          detail: { left },
        }),
      );
    });
    batch.leave([member], 'RESIDUAL_DATA_FOUND');
  }
}
