import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { Courier as EndpointCourier, type Delivery as Brought, type EndpointId } from '@personr/delivery';
import { findTransfer, writeTransfer } from '@personr/instruction';
import { Clock, DomainError, isDomainError } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { holdLease } from '@personr/work';
import { Courier, type Delivery, type Shipment } from './courier.js';
import { entryOf, SYSTEM } from './execution.events.js';
import { beatOf, holdWhile } from './hold-while.js';

/** Brings packages that are returned to the endpoint that the instruction names; leaves them for download where it names none. */
@Injectable()
export class BringReturns extends Courier {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly endpoints: EndpointCourier,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {
    super();
  }

  /**
   * Also leaves it for download when the endpoint was revoked since: nothing goes there, and the Business still gets it.
   * Throws `DELIVERY_FAILED` when the endpoint did not take it; the transfer says why, and so does the log, once for a reason.
   */
  async deliver(shipment: Shipment): Promise<Delivery> {
    const { endpointId = null } = shipment.instruction.exportOrder ?? {};
    if (endpointId === null) return { by: 'DOWNLOAD' };
    const brought = await this.bring(shipment, endpointId as EndpointId);
    if (brought === null) return { by: 'DOWNLOAD' };
    if (brought.isDelivered) return { by: 'ENDPOINT' };
    await this.sayFailed(shipment, { endpointId, reason: brought.reason });
    throw new DomainError('DELIVERY_FAILED', 'The endpoint did not take the package.');
  }

  /** Null when the endpoint was revoked. */
  private bring(
    { tenantId, instruction, parcel, lease, bytes, beat }: Shipment,
    endpointId: EndpointId,
  ): Promise<Brought | null> {
    const { encryptTo = null } = instruction.exportOrder ?? {};
    const name = `personr-${instruction.id}.zip${encryptTo === null ? '' : '.age'}`;
    const order = { name, size: parcel.sizeBytes, open: bytes, encryptTo };
    return holdWhile(beat, beatOf(lease.leaseSeconds), (signal) =>
      this.endpoints.deliver(tenantId, endpointId, { ...order, signal }),
    ).catch((error: unknown) => {
      if (isDomainError(error, 'ENDPOINT_REVOKED')) return null;
      throw error;
    });
  }

  private sayFailed(
    { tenantId, instruction, lease }: Shipment,
    detail: { readonly endpointId: string; readonly reason: string },
  ): Promise<void> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const at = this.clock.now();
      const { id } = instruction;
      await holdLease(tx, lease, at);
      const { transfer } = await findTransfer(tx, id);
      if (transfer?.sentAt !== null || transfer.failure === detail.reason) return;
      await writeTransfer(tx, { id, at }, { ...transfer, failure: detail.reason });
      await this.audit.append(
        tx,
        entryOf({ instruction }, { event: 'transfer.failed', at, actor: SYSTEM, detail }),
      );
    });
  }
}
