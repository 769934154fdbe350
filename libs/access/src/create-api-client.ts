import { Injectable } from '@nestjs/common';
import { by } from '@personr/audit';
import { IdempotentRequests, type RequestIdentity } from '@personr/idempotency';
import { type ApiClientId, Clock } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type ApiClient, type Granter, type NewApiClient } from './api-client.js';
import { assertGrantable, knownClient } from './held-client.js';
import { RegisterApiClient } from './register-api-client.js';

/** A client that was registered. The secret is there once: not for a client with keys, and in no replay. */
export type CreatedApiClient = {
  readonly client: ApiClient;
  readonly clientSecret: string | null;
  readonly replayed: boolean;
};

/** Lets a client register another. */
@Injectable()
export class CreateApiClient {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly idempotentRequests: IdempotentRequests,
    private readonly register: RegisterApiClient,
    private readonly clock: Clock,
  ) {}

  /** Registers it. Throws `SCOPE_NOT_GRANTABLE` for a scope that the granter lacks, and what idempotency throws. */
  async run(
    granter: Granter,
    client: NewApiClient,
    identity: RequestIdentity | null,
  ): Promise<CreatedApiClient> {
    assertGrantable(granter, client.scopes);
    const request = await this.idempotentRequests.identify(granter.tenantId, identity);
    return this.tenancy.forTenant(granter.tenantId, (tx) =>
      this.idempotentRequests.once<CreatedApiClient>(tx, request, {
        act: async () => {
          const answer = await this.write(tx, granter, client);
          return { answer, resourceIds: [answer.client.id], status: 201 };
        },
        replay: async ({ resourceIds }) => ({
          client: await knownClient(tx, resourceIds[0] as ApiClientId, this.clock.now()),
          clientSecret: null,
          replayed: true,
        }),
      }),
    );
  }

  private async write(tx: TenantTx, granter: Granter, client: NewApiClient): Promise<CreatedApiClient> {
    const id = await this.register.write(tx, client, by(granter));
    const secret = client.keySet === undefined ? await this.register.addSecret(tx, id) : null;
    return {
      client: await knownClient(tx, id, this.clock.now()),
      clientSecret: secret?.clientSecret ?? null,
      replayed: false,
    };
  }
}
