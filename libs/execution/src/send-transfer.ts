import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import {
  type Move,
  moveInstructions,
  nextReminder,
  type Parcel,
  startDeadline,
  toBeSent,
  type Transfer,
  writeStep,
  writeTransfer,
} from '@personr/instruction';
import { Clock, type InstructionId, type TenantId } from '@personr/kernel';
import { transferDeadline } from '@personr/law';
import { type BuiltPackage, PackageBuilds } from '@personr/packages';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { TermsReader } from '@personr/terms';
import { completeWork, enqueueWork, holdLease, wakeWork } from '@personr/work';
import { Courier } from './courier.js';
import { type Execution } from './execution.js';
import { entryOf, type ExecutionEvent, SYSTEM } from './execution.events.js';
import { type BuiltListing } from './pack-tenant.js';

/** Releases the package of a RETURN and sends it. */
@Injectable()
export class SendTransfer {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly builds: PackageBuilds,
    private readonly courier: Courier,
    private readonly terms: TermsReader,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the package that was built the instruction's, without an expiry; of a failure nothing of it is left. Throws what
   * `PackageBuilds.finish` throws, `LEASE_LOST`.
   */
  async seal(tenantId: TenantId, execution: Execution, built: BuiltPackage): Promise<Parcel> {
    try {
      return await this.release(tenantId, execution, built);
    } catch (error) {
      await this.builds.abandon(built.build);
      throw error;
    }
  }

  /**
   * The same of the package that lists the parts of everything that a tenant has: what is acknowledged. Throws what
   * its release throws, `LEASE_LOST`.
   */
  async sealParts(tenantId: TenantId, execution: Execution, listing: BuiltListing): Promise<Parcel> {
    try {
      return await this.releaseParts(tenantId, execution, listing);
    } catch (error) {
      await listing.abandon();
      throw error;
    }
  }

  /**
   * Brings the package to where the Business takes it, or leaves it for that, and waits for the acknowledgement from then
   * on: the work ends, the clock of the acknowledgement runs, and reminders follow. Throws what the courier does,
   * `LEASE_LOST`; then it is sent again.
   */
  async send(tenantId: TenantId, execution: Execution, parcel: Parcel): Promise<void> {
    const { instruction, lease } = execution;
    const { by } = await this.courier.deliver({
      tenantId,
      instruction,
      parcel,
      lease,
      bytes: () => this.builds.open(tenantId, instruction.id),
      beat: () => this.tenancy.forTenant(tenantId, (tx) => holdLease(tx, lease, this.clock.now())),
    });
    await this.tenancy.forTenant(tenantId, async (tx) => {
      const at = this.clock.now();
      await completeWork(tx, lease, at);
      const { policy } = await this.terms.inForce(tx);
      const sentAt = at.toISOString();
      const transfer = { ...toBeSent(parcel), by, sentAt, reminderDays: policy.transferReminderDays };
      await writeTransfer(tx, { id: instruction.id, at }, transfer);
      await startDeadline(tx, instruction.id, transferDeadline(at, policy));
      await remindOf(tx, instruction.id, transfer);
      const { packageId, manifestSha256, sizeBytes } = parcel;
      const detail = { packageId, manifestSha256, sizeBytes, by };
      await this.move(tx, execution, { event: 'transfer.sent', to: 'AWAITING_TRANSFER_ACK', at, detail });
    });
  }

  private release(tenantId: TenantId, execution: Execution, built: BuiltPackage): Promise<Parcel> {
    const { build, sealed, manifestSha256, counts } = built;
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const at = this.clock.now();
      await holdLease(tx, execution.lease, at);
      await this.builds.finish(tx, build, { ...sealed, manifestSha256, readyAt: at, expiresAt: null });
      const parcel = { packageId: build.id, manifestSha256, sizeBytes: sealed.sizeBytes, ...counts };
      const done = counts.records + counts.documents + counts.consents;
      await this.sealed(tx, execution, { parcel, done, at });
      return parcel;
    });
  }

  private releaseParts(tenantId: TenantId, execution: Execution, listing: BuiltListing): Promise<Parcel> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const at = this.clock.now();
      await holdLease(tx, execution.lease, at);
      const parcel = await listing.release(tx, at);
      await this.sealed(tx, execution, { parcel, done: parcel.subjects ?? 0, at });
      return parcel;
    });
  }

  /** It is whole: it goes on its way. */
  private async sealed(
    tx: TenantTx,
    execution: Execution,
    { parcel, done, at }: { readonly parcel: Parcel; readonly done: number; readonly at: Date },
  ): Promise<void> {
    const { id, exportOrder } = execution.instruction;
    const standing = { outcome: parcel, doneAt: at, done, total: done };
    await writeStep(tx, { id, name: 'BUILD_PACKAGE', at }, standing);
    await writeTransfer(tx, { id, at }, toBeSent(parcel));
    const { content = 'SPECIFIC_PIECES', audience = 'BUSINESS' } = exportOrder ?? {};
    const detail = { ...parcel, content, audience };
    await this.move(tx, execution, { event: 'package.sealed', to: 'DELIVERING', at, detail });
  }

  private async move(
    tx: TenantTx,
    execution: Execution,
    { event, to, at, detail }: Move & Required<Pick<ExecutionEvent, 'event' | 'at' | 'detail'>>,
  ): Promise<void> {
    await moveInstructions(tx, [{ id: execution.instruction.id, moves: [{ event, to }] }], at);
    await this.audit.append(tx, entryOf(execution, { event, at, actor: SYSTEM, to, detail }));
  }
}

/** Work that reminds; of a package that is sent anew, that of the one before. */
async function remindOf(tx: TenantTx, referenceId: InstructionId, transfer: Transfer): Promise<void> {
  const next = nextReminder(transfer);
  if (next === null) return;
  const work = { kind: 'REMIND_TRANSFER', referenceId, dueAt: next.at } as const;
  await enqueueWork(tx, work);
  await wakeWork(tx, work);
}
