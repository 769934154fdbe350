import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { moveInstructions } from '@personr/instruction';
import { type Shredding, Vault } from '@personr/vault';
import { type Batch, type ShreddingOutcome, type SubjectExecution } from './execution.js';
import { entryOf, SYSTEM } from './execution.events.js';
import { KeysInScope } from './keys-in-scope.js';
import { RunSteps } from './run-steps.js';
import { SuppressSubjects } from './suppress-subjects.js';

/** The blind index is moved to a new key within this time of every erasure, by policy. */
const UNGUESSABLE_MILLISECONDS = 24 * 3_600_000;

/** Steps 2 to 5 of an erasure: from `sealedAt` on no older copy of anything can be read. */
@Injectable()
export class ShredSubjectKeys {
  constructor(
    private readonly steps: RunSteps,
    private readonly keys: KeysInScope,
    private readonly vault: Vault,
    private readonly audit: AuditLog,
    private readonly suppression: SuppressSubjects,
  ) {}

  /**
   * Prepares new roots, re-keys the path in one commit, waits until that is durable and destroys the old roots: all
   * inside the vault, in one rotation for the whole batch, and to the same end however often it is tried.
   */
  run(batch: Batch): Promise<void> {
    return this.steps.run(batch, {
      name: 'SHRED_KEYS',
      act: async (members) => {
        await this.suppression.run(batch.tenantId, members);
        const keys = await this.keys.of(batch.tenantId, members);
        const orders = members.map(({ instruction, subjectId }) => ({
          instructionId: instruction.id,
          keyIds: keys.get(subjectId) ?? [],
        }));
        return this.vault.shredAll(batch.tenantId, orders);
      },
      record: async (tx, { members, act: shreddings, at }) => {
        const shredded = members.map((member) => ({ member, shredding: shreddingOf(member, shreddings) }));
        await moveInstructions(
          tx,
          shredded.map(({ member, shredding }) => ({
            id: member.instruction.id,
            moves: [],
            instants: { ...instantsOf(shredding), unguessableDueAt: unguessableDueAt(shredding) },
          })),
          at,
        );
        await this.audit.appendAll(
          tx,
          shredded.map(({ member, shredding: { sealedAt, keysShredded: keys, rootsDestroyed: roots } }) => {
            const detail = { sealedAt: sealedAt.toISOString(), keys, roots };
            return entryOf(member, { event: 'subject-key.shredded', at, actor: SYSTEM, detail });
          }),
        );
        return new Map(
          shredded.map(({ member, shredding }) => [
            member.instruction.id,
            { outcome: toOutcome(shredding), done: shredding.keysShredded },
          ]),
        );
      },
    });
  }
}

function shreddingOf(
  { instruction }: SubjectExecution,
  shreddings: ReadonlyMap<string, Shredding>,
): Shredding {
  const shredding = shreddings.get(instruction.id);
  if (shredding === undefined) throw new Error('the vault says of every order what it came to');
  return shredding;
}

const instantsOf = ({ sealedAt, unreadableAt }: Shredding) => ({ sealedAt, unreadableAt });

const unguessableDueAt = ({ sealedAt }: Shredding): Date =>
  new Date(sealedAt.getTime() + UNGUESSABLE_MILLISECONDS);

const toOutcome = (shredding: Shredding): ShreddingOutcome => ({
  sealedAt: shredding.sealedAt.toISOString(),
  unreadableAt: shredding.unreadableAt.toISOString(),
  unguessableDueAt: unguessableDueAt(shredding).toISOString(),
  shredded: shredding.keysShredded,
  rootsDestroyed: shredding.rootsDestroyed,
});
