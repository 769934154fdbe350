import { isDomainError, parseId } from '@personr/kernel';
import { type ApiClient } from './api-client.js';
import { type Access, aClientKey, type Business, openAccess } from './clients.spec-helper.js';
import { type Grant } from './grant.js';
import { type Scope, SCOPES } from './scope.js';

const anyEdition = (): void => undefined;

describe('the clients of a tenant', () => {
  let access: Access;
  let bank: Business;
  const key = aClientKey();

  const create = (scopes: readonly Scope[] = ['subjects:read'], name = 'reader') =>
    access.create.run(bank.granter, { name, scopes }, null);
  const createByKey = async (scopes: readonly Scope[] = ['subjects:read']): Promise<ApiClient> =>
    (await access.create.run(bank.granter, { name: 'by key', scopes, keySet: { jwks: [key.jwk] } }, null))
      .client;
  const codeOf = (attempt: Promise<unknown>): Promise<string> =>
    attempt.then(
      () => 'done',
      (error: unknown) => (isDomainError(error) ? error.code : String(error)),
    );
  const grantOf = ({ id }: ApiClient, scopes: readonly Scope[]): Grant => ({
    tenantId: bank.tenantId,
    clientId: id,
    scopes,
  });

  beforeAll(async () => {
    access = await openAccess({ fetch: () => Promise.resolve([]) });
  });

  beforeEach(async () => {
    bank = await access.business();
  });

  afterAll(() => access.close());

  describe('registering', () => {
    it('gives a secret once, or takes keys and gives none', async () => {
      const { client, clientSecret } = await create();
      expect(client).toMatchObject({
        authMethod: 'client_secret_basic',
        jwks: null,
        edition: 1,
        revokedAt: null,
      });
      expect(client.secrets).toHaveLength(1);
      expect(await access.bySecret.run(client.clientId, clientSecret ?? '')).toMatchObject({
        scopes: ['subjects:read'],
      });
      const byKey = await createByKey();
      expect(byKey).toMatchObject({ authMethod: 'private_key_jwt', jwks: [key.jwk], secrets: [] });
    });

    it('answers the same request again with the client and without the secret', async () => {
      const request = { key: 'k', act: 'createApiClient', body: {} };
      const wanted = { name: 'reader', scopes: ['subjects:read'] as const };
      const first = await access.create.run(bank.granter, wanted, request);
      const again = await access.create.run(bank.granter, wanted, request);
      expect(first).toMatchObject({
        replayed: false,
        clientSecret: expect.stringMatching(/^[\w-]{43}$/) as unknown,
      });
      expect(again).toEqual({ client: first.client, clientSecret: null, replayed: true });
    });

    it.each<[string, Scope[]]>([
      ['one more', ['subjects:read', 'values:read']],
      ['another', ['admin']],
    ])('gives nothing that the granter lacks: %s', async (_, scopes) => {
      const granter = { ...bank.granter, scopes: ['subjects:read', 'subjects:write'] as const };
      expect(await codeOf(access.create.run(granter, { name: 'more', scopes }, null))).toBe(
        'SCOPE_NOT_GRANTABLE',
      );
      expect(await access.find.page(bank.tenantId, { limit: 10, after: null })).toHaveLength(1);
    });
  });

  it('are listed newest first, page by page, and no other tenant’s', async () => {
    const ids: string[] = [bank.firstId];
    for (let time = 0; time < 3; time += 1) {
      access.clock.advance(1);
      ids.unshift((await create()).client.id);
    }
    await access.business();
    const first = await access.find.page(bank.tenantId, { limit: 3, after: null });
    const rest = await access.find.page(bank.tenantId, { limit: 3, after: first[2]!.id });
    expect([...first, ...rest].map(({ id }) => id)).toEqual(ids);
    const market = await access.business();
    expect(await codeOf(access.find.byId(market.tenantId, bank.firstId))).toBe('API_CLIENT_NOT_FOUND');
  });

  describe('changing', () => {
    it('renames, and counts the edition that the next change is judged by', async () => {
      const { client } = await create();
      const seen: number[] = [];
      const assertEdition = (edition: number): void => void seen.push(edition);
      const changed = await access.change.run(bank.granter, { id: client.id, name: 'new', assertEdition });
      expect(changed).toMatchObject({ name: 'new', scopes: ['subjects:read'], edition: 2 });
      await access.change.run(bank.granter, { id: client.id, name: 'newer', assertEdition });
      expect(seen).toEqual([1, 2]);
    });

    it('changes nothing when the edition is another', async () => {
      const { client } = await create();
      const assertEdition = (): never => {
        throw new Error('another edition');
      };
      await expect(
        access.change.run(bank.granter, { id: client.id, name: 'new', assertEdition }),
      ).rejects.toThrow('another edition');
      expect(await access.find.byId(bank.tenantId, client.id)).toEqual(client);
    });

    it('moves from one key to the next in two acts, and to a published set', async () => {
      const client = await createByKey();
      const next = aClientKey('next');
      const set = (jwks: (typeof key.jwk)[]) =>
        access.change.run(bank.granter, { id: client.id, keySet: { jwks }, assertEdition: anyEdition });
      const signIn = async (by: typeof key) =>
        access.byAssertion().run({ assertion: await access.assert(client.clientId, by) });
      await set([key.jwk, next.jwk]);
      await signIn(key);
      await signIn(next);
      await set([next.jwk]);
      expect(await codeOf(signIn(key))).toBe('CREDENTIAL_INVALID');
      await signIn(next);
      const jwksUri = 'https://keys.business.example/';
      const published = await access.change.run(bank.granter, {
        id: client.id,
        keySet: { jwksUri },
        assertEdition: anyEdition,
      });
      expect(published).toMatchObject({ jwks: null, jwksUri });
      expect(await codeOf(signIn(next))).toBe('CREDENTIAL_INVALID');
    });

    it('gives no keys to a client with a secret, and no secret to one with keys', async () => {
      const { client } = await create();
      const keySet = { jwks: [key.jwk] };
      const change = { id: client.id, keySet, assertEdition: anyEdition };
      expect(await codeOf(access.change.run(bank.granter, change))).toBe('CLIENT_METHOD_MISMATCH');
      const byKey = await createByKey();
      const secret = { id: byKey.id, overlapSeconds: 0 };
      expect(await codeOf(access.addSecret.run(bank.granter, secret, null))).toBe('CLIENT_METHOD_MISMATCH');
    });

    it('lets nobody reach what they lack through a client that has it', async () => {
      const rich = await createByKey(['values:read', 'subjects:read']);
      const { client: secretive } = await create(['values:read']);
      const poor = { ...bank.granter, scopes: ['admin', 'subjects:read'] as const };
      const change = (changes: object) =>
        codeOf(access.change.run(poor, { id: rich.id, assertEdition: anyEdition, ...changes }));
      expect(await change({ keySet: { jwks: [aClientKey().jwk] } })).toBe('SCOPE_NOT_GRANTABLE');
      expect(await change({ keySet: { jwksUri: 'https://mine.example/' } })).toBe('SCOPE_NOT_GRANTABLE');
      expect(await change({ scopes: ['subjects:read'], keySet: { jwks: [aClientKey().jwk] } })).toBe(
        'SCOPE_NOT_GRANTABLE',
      );
      expect(await change({ scopes: ['values:read', 'subjects:write'] })).toBe('SCOPE_NOT_GRANTABLE');
      const secret = { id: secretive.id, overlapSeconds: 60 };
      expect(await codeOf(access.addSecret.run(poor, secret, null))).toBe('SCOPE_NOT_GRANTABLE');
      expect(await access.find.byId(bank.tenantId, rich.id)).toEqual(rich);
      expect(await change({ scopes: ['values:read'] })).toBe('done');
    });
  });

  describe('replacing a secret', () => {
    it('keeps the one before good for the overlap, and not a millisecond longer', async () => {
      const { client, clientSecret: before } = await create();
      access.clock.advance(1);
      const added = await access.addSecret.run(bank.granter, { id: client.id, overlapSeconds: 60 }, null);
      const signIn = (secret: string | null) => codeOf(access.bySecret.run(client.clientId, secret ?? ''));
      expect(added.client.secrets.map(({ expiresAt }) => expiresAt)).toEqual([
        null,
        new Date(access.clock.now().getTime() + 60_000),
      ]);
      access.clock.advance(59_999);
      expect([await signIn(before), await signIn(added.clientSecret)]).toEqual(['done', 'done']);
      access.clock.advance(1);
      expect([await signIn(before), await signIn(added.clientSecret)]).toEqual([
        'CREDENTIAL_INVALID',
        'done',
      ]);
      expect((await access.find.byId(bank.tenantId, client.id)).secrets).toHaveLength(1);
    });

    it('ends the one before at once without an overlap', async () => {
      const { client, clientSecret: before } = await create();
      access.clock.advance(1);
      const added = await access.addSecret.run(bank.granter, { id: client.id, overlapSeconds: 0 }, null);
      expect(added.client.secrets.map(({ id }) => id)).toEqual([added.secretId]);
      expect(await codeOf(access.bySecret.run(client.clientId, before ?? ''))).toBe('CREDENTIAL_INVALID');
    });

    it('makes no third one, also when many ask at once', async () => {
      const { client } = await create();
      const replacement = { id: client.id, overlapSeconds: 60 };
      const attempts = Array.from({ length: 6 }, () =>
        codeOf(access.addSecret.run(bank.granter, replacement, null)),
      );
      expect((await Promise.all(attempts)).sort()).toEqual([
        ...Array<string>(5).fill('CLIENT_SECRETS_FULL'),
        'done',
      ]);
      expect((await access.find.byId(bank.tenantId, client.id)).secrets).toHaveLength(2);
    });

    it('answers the same request again without the secret', async () => {
      const { client } = await create();
      const request = { key: 'k', act: 'addClientSecret', body: {} };
      const replacement = { id: client.id, overlapSeconds: 60 };
      const first = await access.addSecret.run(bank.granter, replacement, request);
      const again = await access.addSecret.run(bank.granter, replacement, request);
      expect(again).toEqual({ ...first, clientSecret: null, replayed: true });
    });

    it('ends with taking the old one away, by its id', async () => {
      const { client, clientSecret: before } = await create();
      await access.addSecret.run(bank.granter, { id: client.id, overlapSeconds: 3_600 }, null);
      const secret = { clientId: client.id, id: client.secrets[0]!.id };
      await access.removeSecret.run(bank.granter, secret);
      expect(await codeOf(access.bySecret.run(client.clientId, before ?? ''))).toBe('CREDENTIAL_INVALID');
      expect(await codeOf(access.removeSecret.run(bank.granter, secret))).toBe('CLIENT_SECRET_NOT_FOUND');
    });
  });

  describe('revoking', () => {
    it('ends tokens and sign-in at once, and for good', async () => {
      const { client, clientSecret } = await create();
      const grant = grantOf(client, ['subjects:read']);
      expect(await access.confirm.run(grant)).toEqual(grant);
      const revoked = await access.revoke.run(bank.granter, client.id);
      expect(revoked).toMatchObject({ revokedAt: access.clock.now(), edition: 2 });
      expect(await codeOf(access.confirm.run(grant))).toBe('CREDENTIAL_INVALID');
      expect(await codeOf(access.bySecret.run(client.clientId, clientSecret ?? ''))).toBe(
        'CREDENTIAL_INVALID',
      );
      access.clock.advance(1_000);
      expect(await access.revoke.run(bank.granter, client.id)).toEqual(revoked);
      const change = { id: client.id, name: 'back', assertEdition: anyEdition };
      expect(await codeOf(access.change.run(bank.granter, change))).toBe('API_CLIENT_REVOKED');
      const secret = { id: client.id, overlapSeconds: 0 };
      expect(await codeOf(access.addSecret.run(bank.granter, secret, null))).toBe('API_CLIENT_REVOKED');
    });

    it('is felt by tokens as narrowing is, and as the closing of the tenant', async () => {
      const { client } = await create(['subjects:read', 'values:read']);
      const grant = grantOf(client, ['subjects:read', 'values:read']);
      await access.change.run(bank.granter, {
        id: client.id,
        scopes: ['subjects:read'],
        assertEdition: anyEdition,
      });
      expect(await access.confirm.run(grant)).toMatchObject({ scopes: ['subjects:read'] });
      expect(await codeOf(access.confirm.run(grantOf(client, ['values:read'])))).toBe('CREDENTIAL_INVALID');
      await access.change.run(bank.granter, {
        id: client.id,
        scopes: [...SCOPES],
        assertEdition: anyEdition,
      });
      expect(await access.confirm.run(grantOf(client, ['values:read']))).toMatchObject({
        scopes: ['values:read'],
      });
      await access.tenancy.forTenant(bank.tenantId, (tx) =>
        tx.tenant.updateMany({ data: { state: 'CLOSED' } }),
      );
      expect(await codeOf(access.confirm.run(grant))).toBe('CREDENTIAL_INVALID');
    });

    it('reaches no client of another tenant', async () => {
      const market = await access.business();
      expect(await codeOf(access.revoke.run(bank.granter, market.firstId))).toBe('API_CLIENT_NOT_FOUND');
      const change = { id: market.firstId, name: 'mine', assertEdition: anyEdition };
      expect(await codeOf(access.change.run(bank.granter, change))).toBe('API_CLIENT_NOT_FOUND');
      await access.bySecret.run(market.clientId, market.clientSecret);
      const grant = { tenantId: bank.tenantId, clientId: market.firstId, scopes: SCOPES };
      expect(await codeOf(access.confirm.run(grant))).toBe('CREDENTIAL_INVALID');
    });
  });

  describe('the last who can administer', () => {
    const secretOf = async () => (await access.find.byId(bank.tenantId, bank.firstId)).secrets[0]!.id;

    it('is not taken away: by revoking, by narrowing, by removing its secret', async () => {
      await create(['subjects:read']);
      const narrowed = { id: bank.firstId, scopes: ['subjects:read'] as const, assertEdition: anyEdition };
      const attempts = [
        access.revoke.run(bank.granter, bank.firstId),
        access.change.run(bank.granter, narrowed),
        access.removeSecret.run(bank.granter, { clientId: bank.firstId, id: await secretOf() }),
      ];
      expect(await Promise.all(attempts.map(codeOf))).toEqual(['LAST_ADMIN', 'LAST_ADMIN', 'LAST_ADMIN']);
      expect(await access.bySecret.run(bank.clientId, bank.clientSecret)).toMatchObject({ scopes: SCOPES });
      expect((await access.entries(bank.tenantId)).events).toEqual([
        'api-client.registered',
        'api-client.registered',
      ]);
    });

    it('may go when another can, by secret or by key', async () => {
      const admin = await createByKey(['admin']);
      expect(await codeOf(access.revoke.run(bank.granter, bank.firstId))).toBe('done');
      expect(await codeOf(access.revoke.run(bank.granter, admin.id))).toBe('LAST_ADMIN');
    });

    it('is left when two revoke each other at once', async () => {
      for (let time = 0; time < 5; time += 1) {
        bank = await access.business();
        const other = await createByKey(['admin']);
        const attempts = [bank.firstId, other.id].map((id) => codeOf(access.revoke.run(bank.granter, id)));
        expect((await Promise.all(attempts)).sort()).toEqual(['LAST_ADMIN', 'done']);
      }
    });
  });

  it('leave an entry with each act, and in it no name, no kid, no URL and no secret', async () => {
    const { client, clientSecret } = await create(['subjects:read'], 'Marker of Ada');
    const added = await access.addSecret.run(bank.granter, { id: client.id, overlapSeconds: 60 }, null);
    await access.removeSecret.run(bank.granter, { clientId: client.id, id: parseId(client.secrets[0]!.id) });
    await access.change.run(bank.granter, { id: client.id, name: 'Marker again', assertEdition: anyEdition });
    await access.revoke.run(bank.granter, client.id);
    const marked = aClientKey('Marker-kid');
    const keySet = { jwks: [marked.jwk] };
    const byKey = await access.create.run(bank.granter, { name: 'k', scopes: ['admin'], keySet }, null);
    const published = { jwksUri: 'https://marker.example/Marker' };
    await access.change.run(bank.granter, {
      id: byKey.client.id,
      keySet: published,
      assertEdition: anyEdition,
    });
    const { events, text } = await access.entries(bank.tenantId);
    expect(events).toEqual([
      'api-client.changed',
      'api-client.changed',
      'api-client.registered',
      'api-client.registered',
      'api-client.registered',
      'api-client.revoked',
      'api-client.secret-added',
      'api-client.secret-removed',
    ]);
    for (const secret of ['Marker', 'marker', clientSecret, added.clientSecret])
      expect(text).not.toContain(secret);
    expect(text).toContain(bank.firstId);
  });
});
