import { Injectable } from '@nestjs/common';
import { AuditLog, by } from '@personr/audit';
import { type ApiClientId, Clock, DomainError } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type AccessEvent, keysInLog } from './access.events.js';
import { type ApiClient, type Granter } from './api-client.js';
import { type ClientChange, updateClient } from './change-client.repository.js';
import {
  assertAdminLeft,
  assertGrantable,
  assertNotRevoked,
  heldClient,
  knownClient,
} from './held-client.js';

/** Which client, what of it, and the judge of the edition that the change was made against. */
export type ChangeOfClient = ClientChange & {
  readonly id: ApiClientId;
  readonly assertEdition: (edition: number) => void;
};

/** Changes a client: its name, its scopes, its keys. */
@Injectable()
export class ChangeApiClient {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Changes it; what is narrowed holds for its next request, whatever its token says. Throws what `assertEdition`
   * throws, `API_CLIENT_NOT_FOUND`, `API_CLIENT_REVOKED`, `CLIENT_METHOD_MISMATCH` for keys of a client that has a
   * secret, `SCOPE_NOT_GRANTABLE` for more than the granter holds, `LAST_ADMIN`.
   */
  run(granter: Granter, { id, assertEdition, ...change }: ChangeOfClient): Promise<ApiClient> {
    const at = this.clock.now();
    return this.tenancy.forTenant(granter.tenantId, async (tx) => {
      const client = await heldClient(tx, id, at);
      assertEdition(client.edition);
      assertNotRevoked(client);
      assertChangeable(granter, client, change);
      await updateClient(tx, id, change);
      await assertAdminLeft(tx);
      const scopes = change.scopes === undefined ? {} : { scopes: [...change.scopes] };
      const event: AccessEvent = {
        event: 'api-client.changed',
        at,
        ...by(granter),
        detail: { clientId: id, ...scopes, ...keysInLog(change.keySet) },
      };
      await this.audit.append(tx, event);
      return knownClient(tx, id, at);
    });
  }
}

/** Who sets a client's keys can sign in as it, so it must hold all that the client does. */
function assertChangeable(granter: Granter, client: ApiClient, { scopes = [], keySet }: ClientChange): void {
  if (keySet !== undefined && client.authMethod !== 'private_key_jwt') {
    throw new DomainError(
      'CLIENT_METHOD_MISMATCH',
      'This API client signs in with a secret. Register another for a key, and revoke this one.',
    );
  }
  const given = scopes.filter((scope) => !client.scopes.includes(scope));
  assertGrantable(granter, keySet === undefined ? given : [...given, ...client.scopes]);
}
