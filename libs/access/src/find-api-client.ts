import { Injectable } from '@nestjs/common';
import { type ApiClientId, Clock, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type ApiClient } from './api-client.js';
import { listClients } from './api-client.repository.js';
import { knownClient } from './held-client.js';

/** Finds and lists the clients of a tenant. */
@Injectable()
export class FindApiClient {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
  ) {}

  /** The tenant's client with this id. Throws `API_CLIENT_NOT_FOUND`, alike for unknown and foreign ids. */
  byId(tenantId: TenantId, id: ApiClientId): Promise<ApiClient> {
    return this.tenancy.forTenant(tenantId, (tx) => knownClient(tx, id, this.clock.now()));
  }

  /** A page of clients, newest first, after the one named by `after`. */
  page(tenantId: TenantId, page: { limit: number; after: ApiClientId | null }): Promise<ApiClient[]> {
    return this.tenancy.forTenant(tenantId, (tx) => listClients(tx, { ...page, now: this.clock.now() }));
  }
}
