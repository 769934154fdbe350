import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditLog } from '@personr/audit';
import { IdempotentRequests } from '@personr/idempotency';
import { type ApiClientId, parseId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { termsOver } from '@personr/terms/testing';
import { createTestDatabases, tempDirectory } from '@personr/testkit';
import { openTestVault } from '@personr/vault/testing';
import { SignJWT } from 'jose';
import pg from 'pg';
import { AccessTokens } from './access-tokens.js';
import { AddClientSecret } from './add-client-secret.js';
import { type Granter } from './api-client.js';
import { AuthenticateAssertion } from './authenticate-assertion.js';
import { AuthenticateClient } from './authenticate-client.js';
import { ChangeApiClient } from './change-api-client.js';
import { ConfirmGrant } from './confirm-grant.js';
import { CreateApiClient } from './create-api-client.js';
import { FindApiClient } from './find-api-client.js';
import { type KeySetFetcher } from './key-set.fetcher.js';
import { parseKeySet, type PublicJwk } from './key-set.js';
import { OnboardTenant } from './onboard-tenant.js';
import { PublishedKeys } from './published-keys.js';
import { RegisterApiClient } from './register-api-client.js';
import { RemoveClientSecret } from './remove-client-secret.js';
import { RevokeApiClient } from './revoke-api-client.js';
import { type Scope, SCOPES } from './scope.js';

export const ISSUER = 'https://api.personr.example';

/** A key pair of a client: what it registers, and what it signs with. */
export type ClientKey = { readonly jwk: PublicJwk; readonly privateKey: KeyObject };

/** Makes an Ed25519 key of this name. */
export function aClientKey(kid = 'first'): ClientKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const [jwk] = parseKeySet({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid }] });
  return { jwk: jwk!, privateKey };
}

/** A Business that was taken in, and its first client as the one who acts. */
export type Business = {
  readonly tenantId: TenantId;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly firstId: ApiClientId;
  readonly granter: Granter;
};

/** Everything of this room over databases of one spec's own. `fetcher` publishes the key sets. */
export async function openAccess(fetcher: Pick<KeySetFetcher, 'fetch'>) {
  const databases = await createTestDatabases();
  const clock = new SettableClock();
  const tenancy = openTenancy(databases);
  const opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
  const owner = new pg.Pool({ connectionString: databases.ownerUrl, max: 2 });
  const audit = new AuditLog();
  const keyFile = join(tempDirectory('tokens'), 'token.pem');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const tokens = new AccessTokens({ keyFile, issuer: ISSUER }, clock);
  const register = new RegisterApiClient(audit, clock);
  const { adopt } = termsOver({ tenancy, vault: opened.vault, clock });
  const onboard = new OnboardTenant(tenancy, opened.vault, audit, register, clock, adopt);
  const once = new IdempotentRequests(opened.vault, clock);
  const published = new PublishedKeys(fetcher, clock);
  return {
    clock,
    databases,
    tenancy,
    owner,
    register,
    bySecret: new AuthenticateClient(tenancy, clock),
    /** As another process would have it: with a pool of its own, when one is given. */
    byAssertion: (doors: Tenancy = tenancy) => new AuthenticateAssertion(doors, published, tokens, clock),
    confirm: new ConfirmGrant(tenancy),
    create: new CreateApiClient(tenancy, once, register, clock),
    find: new FindApiClient(tenancy, clock),
    change: new ChangeApiClient(tenancy, audit, clock),
    addSecret: new AddClientSecret(tenancy, once, register, audit, clock),
    removeSecret: new RemoveClientSecret(tenancy, audit, clock),
    revoke: new RevokeApiClient(tenancy, audit, clock),
    /** Takes a Business in. */
    business: async (scopes: readonly Scope[] = SCOPES): Promise<Business> => {
      const onboarded = await onboard.run({ name: 'Bank', logHost: 'personr.example' });
      const firstId = parseId<'api-client'>(onboarded.clientId.split('.')[1] ?? '');
      const { tenantId } = onboarded;
      const actor = { kind: 'API_CLIENT', id: firstId } as const;
      return { ...onboarded, firstId, granter: { tenantId, actor, scopes } };
    },
    /** The events of the tenant's log that are about clients, by name, and all that its entries say. */
    entries: async (tenantId: TenantId) => {
      const { rows } = await owner.query<{ entry: Buffer }>(
        'select entry from audit_outbox where tenant_id = $1',
        [tenantId],
      );
      const texts = rows.map(({ entry }) => entry.toString());
      return {
        text: texts.join('\n'),
        events: texts
          .map((text) => (JSON.parse(text) as { event: string }).event)
          .filter((event) => event.startsWith('api-client.'))
          .sort(),
      };
    },
    /** Signs an assertion of this client; what `changes` has as undefined is left out. */
    assert: (clientId: string, key: ClientKey, changes: Readonly<Record<string, unknown>> = {}) => {
      const exp = Math.floor(clock.now().getTime() / 1000) + 60;
      const claims = { iss: clientId, sub: clientId, aud: ISSUER, jti: randomUUID(), exp, ...changes };
      return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid: key.jwk.kid }).sign(key.privateKey);
    },
    close: async () => {
      await tenancy.close();
      await opened.close();
      await owner.end();
      await databases.drop();
    },
  };
}

export type Access = Awaited<ReturnType<typeof openAccess>>;
