import { Injectable } from '@nestjs/common';
import { DomainError, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type Endpoint, type EndpointId, type EndpointRow } from './endpoint.js';
import { findEndpoint, listEndpoints } from './endpoint.repository.js';
import { SealedEndpoints } from './sealed-endpoints.js';

/** Shows a tenant its endpoints, without what opens them. */
@Injectable()
export class FindEndpoints {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly endpoints: SealedEndpoints,
  ) {}

  /** The tenant's endpoint with this id. Throws `ENDPOINT_NOT_FOUND`, alike for unknown and foreign ids. */
  async byId(tenantId: TenantId, id: EndpointId): Promise<Endpoint> {
    const row = known(await this.tenancy.forTenant(tenantId, (tx) => findEndpoint(tx, id)));
    return this.endpoints.openOne(tenantId, row);
  }

  /** A page of endpoints, newest first, after the one named by `after`. */
  async page(tenantId: TenantId, page: { limit: number; after: EndpointId | null }): Promise<Endpoint[]> {
    const rows = await this.tenancy.forTenant(tenantId, (tx) => listEndpoints(tx, page));
    return this.endpoints.open(tenantId, rows);
  }
}

/** The endpoint that was looked for. Throws `ENDPOINT_NOT_FOUND`. */
export function known(row: EndpointRow | null): EndpointRow {
  if (row === null) throw new DomainError('ENDPOINT_NOT_FOUND', 'There is no such endpoint.');
  return row;
}
