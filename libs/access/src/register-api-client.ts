import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { type ApiClientId, Clock, newId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type AccessEvent } from './access.events.js';
import { hashClientSecret, newClientSecret } from './client-secret.js';
import { type Scope } from './scope.js';

/** A new credential. `clientSecret` exists here and nowhere else. */
export type NewCredential = { readonly clientId: string; readonly clientSecret: string };

/** Registers a machine credential of a tenant. */
@Injectable()
export class RegisterApiClient {
  constructor(
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Registers it in the caller's transaction and returns its id (`<tenant>.<client>`) and its secret, once. */
  async run(
    tx: TenantTx,
    { name, scopes }: { name: string; scopes: readonly Scope[] },
  ): Promise<NewCredential> {
    const at = this.clock.now();
    const id: ApiClientId = newId(at);
    const clientSecret = newClientSecret();
    await tx.apiClient.create({
      data: {
        tenantId: tx.tenantId,
        id,
        name,
        scopes: [...scopes],
        secretHash: hashClientSecret(clientSecret),
        createdAt: at,
      },
    });
    const event: AccessEvent = {
      event: 'api-client.registered',
      at,
      actor: { kind: 'OPERATOR' },
      detail: { clientId: id, scopes: [...scopes] },
    };
    await this.audit.append(tx, event);
    return { clientId: `${tx.tenantId}.${id}`, clientSecret };
  }
}
