import { Injectable } from '@nestjs/common';
import { AuditLog, by } from '@personr/audit';
import { IdempotentRequests, type RequestIdentity } from '@personr/idempotency';
import { type ApiClientId, Clock, DomainError } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type AccessEvent } from './access.events.js';
import { type ApiClient, type ClientSecretId, type Granter } from './api-client.js';
import { endSecrets, updateClient } from './change-client.repository.js';
import { MOST_SECRETS } from './client-secret.js';
import { assertGrantable, assertNotRevoked, heldClient, knownClient } from './held-client.js';
import { RegisterApiClient } from './register-api-client.js';

/** Whose secret is replaced, and for how long the one before stays good. */
export type Replacement = { readonly id: ApiClientId; readonly overlapSeconds: number };

/** The new secret, and the client with all that are good now. `clientSecret` is null in a replay. */
export type AddedSecret = {
  readonly client: ApiClient;
  readonly secretId: ClientSecretId;
  readonly clientSecret: string | null;
  readonly replayed: boolean;
};

/** Gives a client a new secret; the one before stays good for a while. */
@Injectable()
export class AddClientSecret {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly idempotentRequests: IdempotentRequests,
    private readonly register: RegisterApiClient,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the secret. Throws `API_CLIENT_NOT_FOUND`, `API_CLIENT_REVOKED`, `CLIENT_METHOD_MISMATCH` for a client
   * with keys, `CLIENT_SECRETS_FULL` while two are good, `SCOPE_NOT_GRANTABLE` for a client that may do more than
   * the granter, and what idempotency throws.
   */
  async run(
    granter: Granter,
    replacement: Replacement,
    identity: RequestIdentity | null,
  ): Promise<AddedSecret> {
    const request = await this.idempotentRequests.identify(granter.tenantId, identity);
    return this.tenancy.forTenant(granter.tenantId, (tx) =>
      this.idempotentRequests.once<AddedSecret>(tx, request, {
        act: async () => {
          const answer = await this.write(tx, granter, replacement);
          return { answer, resourceIds: [answer.secretId], status: 201 };
        },
        replay: async ({ resourceIds }) => ({
          client: await knownClient(tx, replacement.id, this.clock.now()),
          secretId: resourceIds[0] as ClientSecretId,
          clientSecret: null,
          replayed: true,
        }),
      }),
    );
  }

  private async write(tx: TenantTx, granter: Granter, replacement: Replacement): Promise<AddedSecret> {
    const at = this.clock.now();
    const { id: clientId, overlapSeconds } = replacement;
    const client = await heldClient(tx, clientId, at);
    assertNotRevoked(client);
    assertRoom(client);
    assertGrantable(granter, client.scopes);
    await endSecrets(tx, { clientId, until: new Date(at.getTime() + overlapSeconds * 1000), at });
    const { id: secretId, clientSecret } = await this.register.addSecret(tx, clientId);
    await updateClient(tx, clientId, {});
    const event: AccessEvent = {
      event: 'api-client.secret-added',
      at,
      ...by(granter),
      detail: { clientId, secretId, overlapSeconds },
    };
    await this.audit.append(tx, event);
    return { client: await knownClient(tx, clientId, at), secretId, clientSecret, replayed: false };
  }
}

function assertRoom({ authMethod, secrets }: ApiClient): void {
  if (authMethod !== 'client_secret_basic') {
    throw new DomainError(
      'CLIENT_METHOD_MISMATCH',
      'This API client signs in with a key, and has no secret.',
    );
  }
  if (secrets.length >= MOST_SECRETS) {
    throw new DomainError(
      'CLIENT_SECRETS_FULL',
      'Two secrets are good now. Remove one, or wait for its end.',
    );
  }
}
