import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { type ApiClientId, Clock } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type AccessEvent } from './access.events.js';
import { type ApiClient } from './api-client.js';
import { markRevoked } from './change-client.repository.js';
import { assertAdminLeft, heldClient, knownClient } from './held-client.js';

/** Revokes a client, for good. */
@Injectable()
export class RevokeApiClient {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Revokes it: it gets no token any more, and the ones it has are refused from their next request on. One that is
   * revoked already stays as it is. Throws `API_CLIENT_NOT_FOUND`, `LAST_ADMIN`.
   */
  run(caller: Caller, id: ApiClientId): Promise<ApiClient> {
    const at = this.clock.now();
    return this.tenancy.forTenant(caller.tenantId, async (tx) => {
      const client = await heldClient(tx, id, at);
      if (client.revokedAt !== null) return client;
      await markRevoked(tx, id, at);
      await assertAdminLeft(tx);
      const event: AccessEvent = {
        event: 'api-client.revoked',
        at,
        ...by(caller),
        detail: { clientId: id },
      };
      await this.audit.append(tx, event);
      return knownClient(tx, id, at);
    });
  }
}
