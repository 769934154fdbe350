import { type ApiClientId, parseId } from '@personr/kernel';
import { type JsonInput, type TenantTx } from '@personr/tenancy';
import { type ApiClient, type ClientSecretId, type KeySetSource } from './api-client.js';
import { clientIdOf } from './client-id.js';
import { type AuthMethod } from './directory.repository.js';
import { type PublicJwk } from './key-set.js';
import { isScope, type Scope } from './scope.js';

const goodAt = (now: Date) => ({
  secrets: {
    where: { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
    orderBy: { id: 'desc' as const },
    select: { id: true, createdAt: true, expiresAt: true },
  },
});

type Row = NonNullable<Awaited<ReturnType<typeof readRow>>>;

const readRow = (tx: TenantTx, id: ApiClientId, now: Date) =>
  tx.apiClient.findUnique({ where: { tenantId_id: { tenantId: tx.tenantId, id } }, include: goodAt(now) });

const toClient = ({ tenantId, jwks, secrets, ...row }: Row): ApiClient => {
  const id = parseId<'api-client'>(row.id);
  return {
    ...row,
    id,
    clientId: clientIdOf({ tenantId: parseId(tenantId), id }),
    authMethod: row.authMethod as AuthMethod,
    scopes: row.scopes.filter(isScope),
    jwks: (jwks as { keys: PublicJwk[] } | null)?.keys ?? null,
    secrets: secrets.map((secret) => ({ ...secret, id: parseId(secret.id) })),
  };
};

/** The tenant's client with its secrets of now; null when there is none. */
export async function findClient(tx: TenantTx, id: ApiClientId, now: Date): Promise<ApiClient | null> {
  const row = await readRow(tx, id, now);
  return row === null ? null : toClient(row);
}

/** A page of clients, newest first, after the one named by `after`. */
export async function listClients(
  tx: TenantTx,
  { limit, after, now }: { limit: number; after: ApiClientId | null; now: Date },
): Promise<ApiClient[]> {
  const rows = await tx.apiClient.findMany({
    where: { tenantId: tx.tenantId, ...(after === null ? {} : { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
    include: goodAt(now),
  });
  return rows.map(toClient);
}

/**
 * Keeps others from changing clients of the tenant until the transaction ends: whoever changes one waits here, so
 * that two cannot each take away the other's last admin.
 */
export async function lockClients(tx: TenantTx): Promise<void> {
  await tx.$queryRaw`
    select id from api_client where tenant_id = ${tx.tenantId}::uuid order by id for update`;
}

/** How many clients that may administer can sign in, now and later. */
export async function countAdmins(tx: TenantTx): Promise<number> {
  const [{ count } = { count: 0 }] = await tx.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from api_client c
     where c.tenant_id = ${tx.tenantId}::uuid and c.revoked_at is null and 'admin' = any(c.scopes)
       and (c.auth_method = 'private_key_jwt' or exists (
         select from api_client_secret s
          where s.tenant_id = c.tenant_id and s.client_id = c.id and s.expires_at is null))`;
  return count;
}

/** The members of a row that say which keys a client has. */
const keyColumns = (keySet: KeySetSource) =>
  'jwks' in keySet
    ? { jwks: { keys: [...keySet.jwks] } as unknown as JsonInput, jwksUri: null }
    : { jwksUri: keySet.jwksUri };

/** Writes a client, without secrets. */
export async function insertClient(
  tx: TenantTx,
  client: {
    id: ApiClientId;
    name: string;
    scopes: readonly Scope[];
    keySet?: KeySetSource | undefined;
    at: Date;
  },
): Promise<void> {
  const { id, name, scopes, keySet, at } = client;
  await tx.apiClient.create({
    data: {
      tenantId: tx.tenantId,
      id,
      name,
      scopes: [...scopes],
      authMethod: keySet === undefined ? 'client_secret_basic' : 'private_key_jwt',
      createdAt: at,
      ...(keySet === undefined ? {} : keyColumns(keySet)),
    },
  });
}

/** Writes a secret of a client, good until it is replaced. */
export async function insertSecret(
  tx: TenantTx,
  secret: { clientId: ApiClientId; id: ClientSecretId; secretHash: Uint8Array; at: Date },
): Promise<void> {
  const { clientId, id, secretHash, at } = secret;
  await tx.$executeRaw`
    insert into api_client_secret (tenant_id, client_id, id, secret_hash, created_at)
    values (${tx.tenantId}::uuid, ${clientId}::uuid, ${id}::uuid, ${secretHash}, ${at})`;
}
