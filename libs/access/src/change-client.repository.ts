import { type ApiClientId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type ClientSecretId, type KeySetSource } from './api-client.js';
import { type Scope } from './scope.js';

/** What may be changed of a client. What is left out stays. */
export type ClientChange = {
  readonly name?: string | undefined;
  readonly scopes?: readonly Scope[] | undefined;
  readonly keySet?: KeySetSource | undefined;
};

/** Changes a client and counts the change. */
export async function updateClient(tx: TenantTx, id: ApiClientId, change: ClientChange): Promise<void> {
  const { name = null, scopes = null, keySet } = change;
  if (keySet !== undefined) await replaceKeys(tx, id, keySet);
  await tx.$executeRaw`
    update api_client set name = coalesce(${name}, name),
           scopes = coalesce(${scopes === null ? null : [...scopes]}::text[], scopes), edition = edition + 1
     where tenant_id = ${tx.tenantId}::uuid and id = ${id}::uuid`;
}

async function replaceKeys(tx: TenantTx, id: ApiClientId, keySet: KeySetSource): Promise<void> {
  const jwks = 'jwks' in keySet ? JSON.stringify({ keys: keySet.jwks }) : null;
  const uri = 'jwksUri' in keySet ? keySet.jwksUri : null;
  await tx.$executeRaw`
    update api_client set jwks = ${jwks}::jsonb, jwks_uri = ${uri}
     where tenant_id = ${tx.tenantId}::uuid and id = ${id}::uuid`;
}

/** Revokes a client. One that is revoked stays as it is. */
export async function markRevoked(tx: TenantTx, id: ApiClientId, at: Date): Promise<void> {
  await tx.$executeRaw`
    update api_client set revoked_at = ${at}, edition = edition + 1
     where tenant_id = ${tx.tenantId}::uuid and id = ${id}::uuid and revoked_at is null`;
}

/** Lets every secret of a client end at `until`, unless it ends before; forgets those that have ended by `at`. */
export async function endSecrets(
  tx: TenantTx,
  { clientId, until, at }: { clientId: ApiClientId; until: Date; at: Date },
): Promise<void> {
  await tx.$executeRaw`
    update api_client_secret set expires_at = least(expires_at, ${until})
     where tenant_id = ${tx.tenantId}::uuid and client_id = ${clientId}::uuid`;
  await tx.$executeRaw`
    delete from api_client_secret
     where tenant_id = ${tx.tenantId}::uuid and client_id = ${clientId}::uuid and expires_at <= ${at}`;
}

/** Forgets a secret. False when the client has none of that id. */
export async function deleteSecret(
  tx: TenantTx,
  { clientId, id }: { clientId: ApiClientId; id: ClientSecretId },
): Promise<boolean> {
  const deleted = await tx.$executeRaw`
    delete from api_client_secret
     where tenant_id = ${tx.tenantId}::uuid and client_id = ${clientId}::uuid and id = ${id}::uuid`;
  return deleted === 1;
}
