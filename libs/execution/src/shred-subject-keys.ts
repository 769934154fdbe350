import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { type Instants, moveInstructions } from '@personr/instruction';
import { type InstructionId } from '@personr/kernel';
import { type Shredding, Vault } from '@personr/vault';
import { type Batch, type ShreddingOutcome, type SubjectExecution } from './execution.js';
import { entryOf, SYSTEM } from './execution.events.js';
import { KeysInScope } from './keys-in-scope.js';
import { RunSteps } from './run-steps.js';
import { SuppressSubjects } from './suppress-subjects.js';

const DAY_MILLISECONDS = 24 * 3_600_000;
/** The blind index is moved to a new key within this time of every erasure, and ended windows lose theirs, by policy. */
const UNGUESSABLE_MILLISECONDS = DAY_MILLISECONDS;

/** What the vault did with the keys, and until when who is kept by identity. */
type Act = {
  readonly shreddings: ReadonlyMap<InstructionId, Shredding>;
  readonly suppressed: ReadonlyMap<InstructionId, Date>;
};
type Shredded = Shredding & { readonly suppressedUntil: Date | null };

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
        const suppressed = await this.suppression.run(batch.tenantId, members);
        const keys = await this.keys.of(batch.tenantId, members);
        const orders = members.map(({ instruction, subjectId }) => ({
          instructionId: instruction.id,
          keyIds: keys.get(subjectId) ?? [],
        }));
        return { suppressed, shreddings: await this.vault.shredAll(batch.tenantId, orders) };
      },
      record: async (tx, { members, act, at }) => {
        const shredded = members.map((member) => ({ member, shredding: shreddingOf(member, act) }));
        await moveInstructions(
          tx,
          shredded.map(({ member, shredding }) => ({
            id: member.instruction.id,
            moves: [],
            instants: instantsOf(shredding),
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

function shreddingOf({ instruction: { id } }: SubjectExecution, { shreddings, suppressed }: Act): Shredded {
  const shredding = shreddings.get(id);
  if (shredding === undefined) throw new Error('the vault says of every order what it came to');
  return { ...shredding, suppressedUntil: suppressed.get(id) ?? null };
}

const instantsOf = (shredding: Shredded): Instants => ({
  sealedAt: shredding.sealedAt,
  unreadableAt: shredding.unreadableAt,
  unguessableDueAt: unguessableDueAt(shredding),
  ...(shredding.suppressedUntil === null ? {} : { suppressedUntil: shredding.suppressedUntil }),
});

const unguessableDueAt = ({ sealedAt, suppressedUntil }: Shredded): Date =>
  new Date(Math.max(dayKeyEndsAt(sealedAt), suppressedUntil?.getTime() ?? 0) + UNGUESSABLE_MILLISECONDS);

/** Whole requests of a day can be guessed as long as its key lives: two days from its beginning (`Vault.dailyMacs`). */
const dayKeyEndsAt = (at: Date): number =>
  (Math.floor(at.getTime() / DAY_MILLISECONDS) + 2) * DAY_MILLISECONDS;

const toOutcome = (shredding: Shredded): ShreddingOutcome => ({
  sealedAt: shredding.sealedAt.toISOString(),
  unreadableAt: shredding.unreadableAt.toISOString(),
  unguessableDueAt: unguessableDueAt(shredding).toISOString(),
  suppressedUntil: shredding.suppressedUntil?.toISOString() ?? null,
  shredded: shredding.keysShredded,
  rootsDestroyed: shredding.rootsDestroyed,
});
