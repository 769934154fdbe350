import { Injectable } from '@nestjs/common';
import { AuditLog, type AuditEvent } from '@personr/audit';
import { type ApiClientId, Clock, newId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type AccessEvent, keysInLog } from './access.events.js';
import { type ClientSecretId, type NewApiClient } from './api-client.js';
import { insertClient, insertSecret } from './api-client.repository.js';
import { clientIdOf } from './client-id.js';
import { hashClientSecret, newClientSecret } from './client-secret.js';
import { type Scope } from './scope.js';

/** A new credential. `clientSecret` exists here and nowhere else. */
export type NewCredential = { readonly clientId: string; readonly clientSecret: string };

type Actor = Pick<AuditEvent, 'actor' | 'requestId'>;

const OPERATOR: Actor = { actor: { kind: 'OPERATOR' } };

/** Registers a machine that may call for a tenant. */
@Injectable()
export class RegisterApiClient {
  constructor(
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Registers one with a secret, in the caller's transaction and in the name of an operator. Returns its id
   * (`<tenant>.<client>`) and its secret, once.
   */
  async run(
    tx: TenantTx,
    { name, scopes }: { name: string; scopes: readonly Scope[] },
  ): Promise<NewCredential> {
    const id = await this.write(tx, { name, scopes }, OPERATOR);
    const { clientSecret } = await this.addSecret(tx, id);
    return { clientId: clientIdOf({ tenantId: tx.tenantId, id }), clientSecret };
  }

  /** Writes a client and its entry in the caller's transaction, and no secret. */
  async write(tx: TenantTx, client: NewApiClient, actor: Actor): Promise<ApiClientId> {
    const at = this.clock.now();
    const id: ApiClientId = newId(at);
    await insertClient(tx, { ...client, id, at });
    const event: AccessEvent = {
      event: 'api-client.registered',
      at,
      ...actor,
      detail: { clientId: id, scopes: [...client.scopes], ...keysInLog(client.keySet) },
    };
    await this.audit.append(tx, event);
    return id;
  }

  /** Makes a secret of the client in the caller's transaction, and returns it, once. Its entry is the caller's. */
  async addSecret(
    tx: TenantTx,
    clientId: ApiClientId,
  ): Promise<{ readonly id: ClientSecretId; readonly clientSecret: string }> {
    const at = this.clock.now();
    const id: ClientSecretId = newId(at);
    const clientSecret = newClientSecret();
    await insertSecret(tx, { clientId, id, secretHash: hashClientSecret(clientSecret), at });
    return { id, clientSecret };
  }
}
