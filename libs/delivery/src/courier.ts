import { Inject, Injectable } from '@nestjs/common';
import { Clock, DomainError, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { carrierOf } from './carrier-of.js';
import { type Order } from './carrier.js';
import { type FailureReason } from './delivery-failure.js';
import { DELIVERY_OPTIONS, type DeliveryOptions } from './delivery.options.js';
import { dispatch } from './dispatch.js';
import { type EndpointId, type EndpointRow, stateOf } from './endpoint.js';
import { findEndpoint } from './endpoint.repository.js';
import { SealedEndpoints } from './sealed-endpoints.js';

/** How a delivery ended: all of it is there, or the endpoint is to blame and why. `sha256` (hex) is of the bytes that arrived. */
export type Delivery =
  | { readonly isDelivered: true; readonly bytes: number; readonly sha256: string; readonly at: Date }
  | { readonly isDelivered: false; readonly reason: FailureReason };

/** Brings parcels to endpoints that were proved, and to no other. */
@Injectable()
export class Courier {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly endpoints: SealedEndpoints,
    private readonly clock: Clock,
    @Inject(DELIVERY_OPTIONS) private readonly options: DeliveryOptions,
  ) {}

  /**
   * Makes one attempt. The same parcel again leaves one at the endpoint; an attempt that dies leaves none that is seen. With
   * `encryptTo` the endpoint gets it as a file of age. Holds a few pieces at a time, however large it is. Throws
   * `ENDPOINT_NOT_FOUND`, `ENDPOINT_REVOKED`, `ENDPOINT_NOT_PROVED`, and what the parcel itself throws or its signal says.
   */
  async deliver(tenantId: TenantId, endpointId: EndpointId, parcel: Order): Promise<Delivery> {
    const row = await this.tenancy.forTenant(tenantId, (tx) => findEndpoint(tx, endpointId));
    return this.bring(tenantId, assertProved(row), parcel);
  }

  /** The same to an endpoint that need not be proved: for its challenge alone. */
  async bring(tenantId: TenantId, row: EndpointRow, parcel: Order): Promise<Delivery> {
    const carrier = await carrierOf(await this.endpoints.openForDelivery(tenantId, row));
    const end = await dispatch(carrier, parcel, this.options);
    return 'reason' in end
      ? { isDelivered: false, reason: end.reason }
      : { isDelivered: true, ...end, at: this.clock.now() };
  }
}

/** The endpoint, if it may be delivered to. Throws `ENDPOINT_NOT_FOUND`, `ENDPOINT_REVOKED`, `ENDPOINT_NOT_PROVED`. */
export function assertProved(row: EndpointRow | null): EndpointRow {
  if (row === null) throw new DomainError('ENDPOINT_NOT_FOUND', 'There is no such endpoint.');
  const state = stateOf(row);
  if (state === 'REVOKED') throw new DomainError('ENDPOINT_REVOKED', 'The endpoint was revoked.');
  if (state === 'PROVED') return row;
  throw new DomainError(
    'ENDPOINT_NOT_PROVED',
    'Nobody has shown yet that the endpoint is yours: ask for a challenge and answer it.',
  );
}
