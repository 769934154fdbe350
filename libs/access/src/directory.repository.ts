import { type DirectoryTx } from '@personr/tenancy';
import { type ClientName } from './client-id.js';
import { type PublicJwk } from './key-set.js';

/** How a client signs in (RFC 7591, `token_endpoint_auth_method`). */
export const AUTH_METHODS = ['client_secret_basic', 'private_key_jwt'] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];

/** A client that knocks, as the directory knows it. */
export type Knocking = {
  readonly authMethod: AuthMethod;
  readonly scopes: readonly string[];
  readonly jwks: { readonly keys: readonly PublicJwk[] } | null;
  readonly jwksUri: string | null;
  /** In hex; of secrets that are good now. */
  readonly secretHashes: readonly string[];
  /** False once it is revoked or its tenant is closed. */
  readonly mayKnock: boolean;
};

/** The client of that name, whether it may knock or not; null when there is none. */
export async function findKnocking(
  tx: DirectoryTx,
  { tenantId, id }: ClientName,
  now: Date,
): Promise<Knocking | null> {
  const [row] = await tx.$queryRaw<Knocking[]>`
    select c.auth_method as "authMethod", c.scopes, c.jwks, c.jwks_uri as "jwksUri",
           array(select encode(s.secret_hash, 'hex') from api_client_secret s
                  where s.tenant_id = c.tenant_id and s.client_id = c.id
                    and (s.expires_at is null or s.expires_at > ${now})) as "secretHashes",
           c.revoked_at is null and t.state = 'ACTIVE' as "mayKnock"
      from api_client c join tenant t on t.id = c.tenant_id
     where c.tenant_id = ${tenantId}::uuid and c.id = ${id}::uuid`;
  return row ?? null;
}

/** What the client may do now; null once it is revoked, its tenant closed, or when there is none. */
export async function findStanding(
  tx: DirectoryTx,
  { tenantId, id }: ClientName,
): Promise<readonly string[] | null> {
  const [row] = await tx.$queryRaw<{ scopes: readonly string[] }[]>`
    select c.scopes from api_client c join tenant t on t.id = c.tenant_id
     where c.tenant_id = ${tenantId}::uuid and c.id = ${id}::uuid
       and c.revoked_at is null and t.state = 'ACTIVE'`;
  return row?.scopes ?? null;
}
