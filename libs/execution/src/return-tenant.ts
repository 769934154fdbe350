import { Injectable } from '@nestjs/common';
import { type Parcel, type TenantSnapshot } from '@personr/instruction';
import { type TenantId } from '@personr/kernel';
import { type PartsOrder } from '@personr/packages';
import { returnedBy, type SteppedExecution, TURN_OVER } from './execution.js';
import { PackTenant } from './pack-tenant.js';
import { SendTransfer } from './send-transfer.js';
import { QUEUED_BEHIND_EXPORT } from './sequence-erasures.js';
import { TakeTenantSnapshot } from './take-tenant-snapshot.js';

/** Returns everything that a tenant has, in parts: up to the acknowledgement. What follows it is the erasure of everything. */
@Injectable()
export class ReturnTenant {
  constructor(
    private readonly snapshots: TakeTenantSnapshot,
    private readonly pack: PackTenant,
    private readonly transfers: SendTransfer,
  ) {}

  /**
   * Freezes what there is, builds part after part, then the package that lists them, and sends that. Each is committed
   * before the next, together with where the next begins, so no subject is left out or packed twice wherever a worker
   * dies; nothing is destroyed. Returns why it is to be called again, as `RunExecution` gives work back, or null at its end.
   * Throws `LEASE_LOST`, and what building throws: then it is tried again from the part that failed.
   */
  async run(tenantId: TenantId, execution: SteppedExecution): Promise<string | null> {
    const parcel = returnedBy(execution)?.transfer ?? (await this.packed(tenantId, execution));
    if (typeof parcel === 'string') return parcel;
    await this.transfers.send(tenantId, execution, parcel);
    return null;
  }

  private async packed(tenantId: TenantId, execution: SteppedExecution): Promise<Parcel | string> {
    const snapshot = await this.snapshots.run(tenantId, execution);
    if (snapshot === null) return QUEUED_BEHIND_EXPORT;
    const order = await this.orderOf(tenantId, execution, snapshot);
    const listing = await this.pack.run({ order, execution, total: snapshot.subjects });
    return listing === null ? TURN_OVER : this.transfers.sealParts(tenantId, execution, listing);
  }

  private async orderOf(
    tenantId: TenantId,
    { instruction }: SteppedExecution,
    snapshot: TenantSnapshot,
  ): Promise<PartsOrder> {
    return {
      tenantId,
      instructionId: instruction.id,
      takenAt: new Date(snapshot.takenAt),
      policyVersion: instruction.policyVersion,
      salt: await this.snapshots.saltOf(tenantId, instruction, snapshot),
    };
  }
}
