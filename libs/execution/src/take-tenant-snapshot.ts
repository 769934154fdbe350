import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { type Move, moveInstructions, type TenantSnapshot, writeStep } from '@personr/instruction';
import { Clock, type InstructionId, type KeyId, type TenantId } from '@personr/kernel';
import { ownerOfParts } from '@personr/packages';
import { countSubjects } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { awaitIntake } from '@personr/terms';
import { Vault } from '@personr/vault';
import { holdLease } from '@personr/work';
import { type SteppedExecution } from './execution.js';
import { entryOf, type ExecutionEvent, SYSTEM } from './execution.events.js';

const SALT_BYTES = 32;
const SALT_LABEL = 'return-salt';

/** Freezes everything of a tenant, for a RETURN of all of it. */
@Injectable()
export class TakeTenantSnapshot {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Waits for whoever was taking something in when the order was accepted; since then nobody begins to. Null while an
   * erasure, or a return, that was ordered before has not ended, unless it is on hold: what is being erased is not packed. One that was
   * taken before is taken. Throws `LEASE_LOST`.
   */
  async run(tenantId: TenantId, execution: SteppedExecution): Promise<TenantSnapshot | null> {
    const known = execution.steps.get('SNAPSHOT');
    if (known?.done === true) return known.outcome as TenantSnapshot;
    const sealed = await this.sealSalt(tenantId, execution.instruction.id);
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const at = this.clock.now();
      const { lease, instruction } = execution;
      await holdLease(tx, lease, at);
      await awaitIntake(tx);
      const isBlocked = await isErasing(tx, instruction.id);
      const isQueued = instruction.state === 'QUEUED';
      if (isBlocked && !isQueued)
        await this.move(tx, execution, { event: 'instruction.sequenced', to: 'QUEUED', at });
      if (isBlocked) return null;
      if (isQueued) await this.move(tx, execution, { event: 'instruction.released', to: 'APPROVED', at });
      const total = await countSubjects(tx);
      const snapshot = {
        takenAt: at.toISOString(),
        keyIds: [],
        consents: null,
        subjects: total,
        salt: sealed,
      };
      const { id } = instruction;
      await writeStep(
        tx,
        { id, name: 'SNAPSHOT', at },
        { outcome: snapshot, doneAt: at, done: total, total },
      );
      await writeStep(tx, { id, name: 'BUILD_PACKAGE', at }, { outcome: null, doneAt: null, done: 0, total });
      await this.move(tx, execution, { event: 'package.started', to: 'PACKAGING', at });
      return snapshot;
    });
  }

  /** The salt of the snapshot. Throws `KEY_SHREDDED`, `SEAL_BROKEN`. */
  async saltOf(
    tenantId: TenantId,
    { id }: Pick<SteppedExecution['instruction'], 'id'>,
    { salt }: TenantSnapshot,
  ): Promise<Uint8Array> {
    const [opened] = await this.vault.open(tenantId, [
      { keyId: salt.keyId, binding: bindingOf(id), sealed: Buffer.from(salt.sealed, 'base64') },
    ]);
    if (opened === undefined) throw new Error('what was sealed did not come back');
    return opened;
  }

  private async sealSalt(
    tenantId: TenantId,
    id: InstructionId,
  ): Promise<{ readonly keyId: KeyId; readonly sealed: string }> {
    const keyId = (await this.vault.keysFor(tenantId, ownerOfParts(id), [SALT_LABEL])).get(SALT_LABEL);
    if (keyId === undefined) throw new Error('no key was made for a salt');
    const [sealed = new Uint8Array()] = await this.vault.seal(tenantId, [
      { keyId, binding: bindingOf(id), plaintext: randomBytes(SALT_BYTES) },
    ]);
    return { keyId, sealed: Buffer.from(sealed).toString('base64') };
  }

  private async move(
    tx: TenantTx,
    execution: SteppedExecution,
    { event, to, at }: Move & Required<Pick<ExecutionEvent, 'event' | 'at'>>,
  ): Promise<void> {
    await moveInstructions(tx, [{ id: execution.instruction.id, moves: [{ event, to }] }], at);
    await this.audit.append(tx, entryOf(execution, { event, at, actor: SYSTEM, to }));
  }
}

const bindingOf = (id: InstructionId): string[] => [SALT_LABEL, id];

/** Whether something of somebody is being erased, or going to be, by another order. */
async function isErasing(tx: TenantTx, id: InstructionId): Promise<boolean> {
  const rows = await tx.bulk`
    select from instruction
     where tenant_id = ${tx.tenantId} and id <> ${id}::uuid and finished_at is null and type in ('DELETE', 'RETURN')
       and subject_id is not null and state <> 'ON_HOLD' limit 1`;
  return rows.length > 0;
}
