import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { type ApiClientId, Clock, DomainError } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type AccessEvent } from './access.events.js';
import { type ClientSecretId } from './api-client.js';
import { deleteSecret, updateClient } from './change-client.repository.js';
import { assertAdminLeft, heldClient } from './held-client.js';

/** Takes a secret away from a client, at once. */
@Injectable()
export class RemoveClientSecret {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Removes it. Throws `API_CLIENT_NOT_FOUND`, `CLIENT_SECRET_NOT_FOUND`, `LAST_ADMIN`. */
  run(caller: Caller, secret: { clientId: ApiClientId; id: ClientSecretId }): Promise<void> {
    const at = this.clock.now();
    return this.tenancy.forTenant(caller.tenantId, async (tx) => {
      await heldClient(tx, secret.clientId, at);
      if (!(await deleteSecret(tx, secret))) {
        throw new DomainError('CLIENT_SECRET_NOT_FOUND', 'The API client has no such secret.');
      }
      await updateClient(tx, secret.clientId, {});
      await assertAdminLeft(tx);
      const event: AccessEvent = {
        event: 'api-client.secret-removed',
        at,
        ...by(caller),
        detail: { clientId: secret.clientId, secretId: secret.id },
      };
      await this.audit.append(tx, event);
    });
  }
}
