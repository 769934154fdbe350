import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { type Instruction, moveInstructions } from '@personr/instruction';
import { type InstructionId, type KeyId, type SubjectId, type TenantId } from '@personr/kernel';
import { subjectsAfter, subjectsKeptBy } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type Shredding, Vault } from '@personr/vault';
import { type Batch, type ShreddingOutcome, type SteppedExecution } from './execution.js';
import { entryOf, SYSTEM } from './execution.events.js';
import { keptIn, type Share, sharesOf } from './kept-scopes.js';
import { KeysInScope } from './keys-in-scope.js';
import { RunSteps } from './run-steps.js';

const SUBJECTS_AT_ONCE = 500;

/** Steps 2 to 5 of the erasure of everything: from `sealedAt` on no older copy of anything can be read. */
@Injectable()
export class LeaveKeys {
  constructor(
    private readonly steps: RunSteps,
    private readonly tenancy: Tenancy,
    private readonly keys: KeysInScope,
    private readonly vault: Vault,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Destroys the root of all subjects' keys; those of what is held move to another tree first, so that it takes as long
   * as what is held is large. When holds have ended later, shreds the keys that they kept, one by one.
   */
  run(batch: Batch<SteppedExecution>): Promise<void> {
    return this.steps.run(batch, {
      name: 'SHRED_KEYS',
      act: async (members) => {
        const shreddings = new Map<InstructionId, Shredding>();
        for (const { instruction } of members)
          shreddings.set(instruction.id, await this.destroy(batch.tenantId, instruction));
        return shreddings;
      },
      record: async (tx, { members, act: shreddings, at }) => {
        const ends = members.map((member) => ({
          member,
          outcome: toOutcome(shreddingOf(member, shreddings)),
        }));
        await moveInstructions(
          tx,
          ends.map(({ member, outcome }) => ({
            id: member.instruction.id,
            moves: [],
            instants: instantsOf(outcome),
          })),
          at,
        );
        await indexIsGone(tx);
        await this.audit.appendAll(
          tx,
          ends.map(({ member, outcome: { sealedAt, shredded: keys, rootsDestroyed: roots } }) =>
            entryOf(member, {
              event: 'tenant-root.destroyed',
              at,
              actor: SYSTEM,
              detail: { sealedAt, keys, roots },
            }),
          ),
        );
        return new Map(ends.map(({ member, outcome }) => [member.instruction.id, { outcome }]));
      },
    });
  }

  private async destroy(tenantId: TenantId, instruction: Instruction): Promise<Shredding> {
    const { id: instructionId, sealedAt } = instruction;
    if (sealedAt === null) {
      const keep = await this.heldKeys(tenantId, instructionId);
      return this.vault.leave(tenantId, { instructionId, keep });
    }
    const later = await this.shredReleased(tenantId, instructionId);
    return later ?? this.vault.leave(tenantId, { instructionId });
  }

  /** The keys of all that is held. */
  private async heldKeys(tenantId: TenantId, by: InstructionId): Promise<KeyId[]> {
    const keep: KeyId[] = [];
    for (let after: SubjectId | null = null; ;) {
      const from = after;
      const { subjects, shares } = await this.tenancy.forTenant(tenantId, async (tx) => {
        const page = await subjectsKeptBy(tx, by, { after: from, limit: SUBJECTS_AT_ONCE });
        return { subjects: page, shares: await sharesOf(tx, page, by) };
      });
      keep.push(...(await this.keptKeys(tenantId, shares)));
      if (subjects.length < SUBJECTS_AT_ONCE) return keep;
      after = subjects.at(-1) ?? null;
    }
  }

  /** Of the subjects that are left, keys that no hold keeps any more. Null when there are none. */
  private async shredReleased(tenantId: TenantId, instructionId: InstructionId): Promise<Shredding | null> {
    let shredding: Shredding | null = null;
    for (let after: SubjectId | null = null; ;) {
      const from = after;
      const { subjects, shares } = await this.tenancy.forTenant(tenantId, async (tx) => {
        const page = await subjectsAfter(tx, { after: from, limit: SUBJECTS_AT_ONCE });
        return { subjects: page, shares: await sharesOf(tx, page, instructionId) };
      });
      const keyIds = await this.released(tenantId, shares);
      if (keyIds.length > 0) shredding = await this.vault.shred(tenantId, keyIds, { instructionId });
      if (subjects.length < SUBJECTS_AT_ONCE) return shredding;
      after = subjects.at(-1) ?? null;
    }
  }

  /** The keys of what is kept of these subjects, but for what goes with any part of one, as packages do. */
  private async keptKeys(tenantId: TenantId, shares: readonly Share[]): Promise<KeyId[]> {
    const partly = shares.filter(({ kept }) => kept !== null);
    const [kept, gone] = await Promise.all([
      this.keys.in(tenantId, keptIn(partly)),
      this.keys.in(
        tenantId,
        partly.map(({ erased }) => erased),
      ),
    ]);
    const lost = new Set([...gone.values()].flat());
    return [...kept.values()].flat().filter((keyId) => !lost.has(keyId));
  }

  private async released(tenantId: TenantId, shares: Awaited<ReturnType<typeof sharesOf>>): Promise<KeyId[]> {
    const owners = shares.map(({ erased: { subjectId } }) => ({ owner: subjectId }));
    const [all, kept] = await Promise.all([
      this.vault.keysOfAll(tenantId, owners),
      this.keptKeys(tenantId, shares),
    ]);
    const keep = new Set(kept);
    return [...all.values()].flat().filter((keyId) => !keep.has(keyId));
  }
}

function shreddingOf(
  { instruction }: SteppedExecution,
  shreddings: ReadonlyMap<InstructionId, Shredding>,
): Shredding {
  const shredding = shreddings.get(instruction.id);
  if (shredding === undefined) throw new Error('the vault says of every order what it came to');
  return shredding;
}

/** The index's keys hang below the root that is gone, so nothing is left by which a guess could be confirmed. */
const toOutcome = (shredding: Shredding): ShreddingOutcome => ({
  sealedAt: shredding.sealedAt.toISOString(),
  unreadableAt: shredding.unreadableAt.toISOString(),
  unguessableDueAt: shredding.sealedAt.toISOString(),
  suppressedUntil: null,
  shredded: shredding.keysShredded,
  rootsDestroyed: shredding.rootsDestroyed,
});

const instantsOf = ({ sealedAt, unreadableAt }: ShreddingOutcome) => ({
  sealedAt: new Date(sealedAt),
  unreadableAt: new Date(unreadableAt),
  unguessableDueAt: new Date(sealedAt),
  unguessableAt: new Date(sealedAt),
});

/** Every erasure of the tenant that waited for its index to be renewed need not wait any longer. */
async function indexIsGone(tx: TenantTx): Promise<void> {
  await tx.bulk`
    update instruction set index_renewed_at = gone.at
      from (select max(sealed_at) as at from instruction where tenant_id = ${tx.tenantId} and whole_tenant) as gone
     where tenant_id = ${tx.tenantId} and index_renewed_at is null and sealed_at is not null`;
}
