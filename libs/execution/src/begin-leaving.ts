import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { moveInstructions } from '@personr/instruction';
import { keepStanding, keptHolds, type KeptHolds, oldestSubjectSince, restrictKept } from '@personr/subjects';
import { awaitIntake } from '@personr/terms';
import { Vault } from '@personr/vault';
import { type Batch, isNew, type KeptGroup, type SteppedExecution } from './execution.js';
import { entryOf, SYSTEM } from './execution.events.js';
import { RunSteps } from './run-steps.js';

/** Step 1 of the erasure of everything. Nothing is destroyed before both its parts are committed. */
@Injectable()
export class BeginLeaving {
  constructor(
    private readonly steps: RunSteps,
    private readonly vault: Vault,
    private readonly audit: AuditLog,
  ) {}

  /** Waits for whoever was taking somebody in when the order was accepted; since then nobody begins to. */
  mark(batch: Batch<SteppedExecution>): Promise<void> {
    return this.steps.run(batch, {
      name: 'MARK_ERASING',
      record: async (tx, { members, at }) => {
        await awaitIntake(tx);
        const since = await oldestSubjectSince(tx);
        const fresh = members.filter(({ instruction }) => instruction.state === 'APPROVED');
        await moveInstructions(
          tx,
          fresh.map(({ instruction: { id } }) => ({
            id,
            moves: [{ event: 'erasure.started', to: 'ERASING' }],
          })),
          at,
        );
        await this.audit.appendAll(
          tx,
          members
            .filter(isNew)
            .map((member) => entryOf(member, { event: 'erasure.started', at, actor: SYSTEM, to: 'ERASING' })),
        );
        const outcome = { found: true, heldSince: since?.toISOString() ?? null, heldBack: [] };
        return new Map(members.map(({ instruction }) => [instruction.id, { outcome }]));
      },
    });
  }

  /**
   * Puts the tenant's whole tree into the key store's ledger, and decides what is held: who places a hold has done so
   * before this commits, or is told that it is late.
   */
  intend(batch: Batch<SteppedExecution>): Promise<void> {
    return this.steps.run(batch, {
      name: 'INTEND',
      act: (members) =>
        this.vault.intend(
          batch.tenantId,
          members.map(({ instruction: { id: instructionId } }) => ({
            instructionId,
            subjectId: null,
            elements: [],
            keyIds: [],
          })),
        ),
      record: async (tx, { members }) => {
        await awaitIntake(tx);
        const ends = [];
        for (const { instruction } of members) {
          await keepStanding(tx, instruction.id);
          await restrictKept(tx, instruction.id);
          const kept = (await keptHolds(tx, instruction.id)).map(toGroup);
          ends.push([instruction.id, { outcome: { keys: 0, heldBack: [], kept } }] as const);
        }
        return new Map(ends);
      },
    });
  }
}

const toGroup = ({ endsAt, ...group }: KeptHolds): KeptGroup => ({
  ...group,
  endsAt: endsAt?.toISOString() ?? null,
});
