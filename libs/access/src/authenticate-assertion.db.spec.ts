import { newId } from '@personr/kernel';
import { openTenancy } from '@personr/tenancy';
import { type Access, aClientKey, type Business, type ClientKey, openAccess } from './clients.spec-helper.js';
import { type KeySetSource } from './api-client.js';
import { type PublicJwk } from './key-set.js';

const URI = 'https://keys.business.example/jwks.json';

describe('a client that signs in with its key', () => {
  let access: Access;
  let bank: Business;
  let published: PublicJwk[];
  const key = aClientKey();

  const register = async (keySet: KeySetSource, business = bank): Promise<string> => {
    const { client } = await access.create.run(
      business.granter,
      { name: 'by key', scopes: ['subjects:read'], keySet },
      null,
    );
    return client.clientId;
  };
  const signIn = async (
    clientId: string,
    by: ClientKey = key,
    changes: Readonly<Record<string, unknown>> = {},
  ) => access.byAssertion().run({ assertion: await access.assert(clientId, by, changes) });
  const refusal = (attempt: Promise<unknown>) =>
    attempt.then(
      () => ({ code: 'granted', message: '', reason: '' }),
      (error: unknown) => error as { code: string; message: string; reason: string },
    );

  beforeAll(async () => {
    access = await openAccess({ fetch: () => Promise.resolve(published) });
  });

  beforeEach(async () => {
    bank = await access.business();
    published = [];
  });

  afterAll(() => access.close());

  it('is granted what it was registered with', async () => {
    const clientId = await register({ jwks: [key.jwk] });
    const [tenantId, id] = clientId.split('.');
    expect(await signIn(clientId)).toEqual({ tenantId, clientId: id, scopes: ['subjects:read'] });
  });

  it('may have several keys at once, each by its kid; without a kid, only when there is one', async () => {
    const second = aClientKey('second');
    const nameless = (by: ClientKey): ClientKey => ({ ...by, jwk: { ...by.jwk, kid: undefined as never } });
    const one = await register({ jwks: [key.jwk] });
    const two = await register({ jwks: [key.jwk, second.jwk] });
    await expect(signIn(one, nameless(key))).resolves.toBeDefined();
    await expect(signIn(two, key)).resolves.toBeDefined();
    await expect(signIn(two, second)).resolves.toBeDefined();
    expect(await refusal(signIn(two, nameless(second)))).toMatchObject({ code: 'CREDENTIAL_INVALID' });
    expect(await refusal(signIn(one, second))).toMatchObject({ reason: 'SIGNATURE' });
  });

  it('is known by the keys that it publishes, the new one and then not the old one', async () => {
    published = [key.jwk];
    const clientId = await register({ jwksUri: URI });
    await expect(signIn(clientId)).resolves.toBeDefined();
    const next = aClientKey('next');
    published = [key.jwk, next.jwk];
    access.clock.advance(60_000);
    await expect(signIn(clientId, next)).resolves.toBeDefined();
    published = [next.jwk];
    access.clock.advance(300_000);
    expect(await refusal(signIn(clientId))).toMatchObject({ code: 'CREDENTIAL_INVALID' });
    await expect(signIn(clientId, next)).resolves.toBeDefined();
  });

  it('is refused alike when it is unknown, wrong, revoked, of another tenant or way, and when the tenant is closed', async () => {
    const [good, revoked] = [await register({ jwks: [key.jwk] }), await register({ jwks: [key.jwk] })];
    await access.revoke.run(bank.granter, revoked.split('.')[1] as never);
    const market = await access.business();
    const closed = await register({ jwks: [key.jwk] }, market);
    await access.tenancy.forTenant(market.tenantId, (tx) =>
      tx.tenant.updateMany({ data: { state: 'CLOSED' } }),
    );
    const unpublished = await register({ jwksUri: URI });
    const [tenant = '', client = ''] = good.split('.');
    const assertion = await access.assert(good, key);
    const attempts = [
      signIn(`${tenant}.${newId(access.clock.now())}`),
      signIn(`${newId(access.clock.now())}.${client}`),
      signIn(`${market.tenantId}.${client}`),
      signIn(bank.clientId),
      signIn(good, aClientKey()),
      signIn(good, key, { iss: revoked }),
      signIn(revoked),
      signIn(closed),
      signIn(unpublished),
      signIn('nobody'),
      access.byAssertion().run({ assertion, clientId: bank.clientId }),
      access.byAssertion().run({ assertion: 'a.b.c' }),
      access.bySecret.run(good, ''),
    ];
    const said = (await Promise.all(attempts.map(refusal))).map(({ code, message }) => `${code}: ${message}`);
    expect(new Set(said)).toEqual(
      new Set(['CREDENTIAL_INVALID: The client or its credential is not right.']),
    );
    await expect(access.byAssertion().run({ assertion, clientId: good })).resolves.toBeDefined();
  });

  it('uses an assertion once, at whichever process and of however many at once', async () => {
    const clientId = await register({ jwks: [key.jwk] });
    const other = openTenancy(access.databases);
    try {
      const assertion = await access.assert(clientId, key);
      const processes = [access.byAssertion(), access.byAssertion(other)];
      const attempts = Array.from({ length: 16 }, (_, place) => processes[place % 2]!.run({ assertion }));
      const outcomes = await Promise.all(attempts.map(refusal));
      expect(outcomes.filter(({ code }) => code === 'granted')).toHaveLength(1);
      expect(outcomes.filter(({ reason }) => reason === 'REPLAY')).toHaveLength(15);
    } finally {
      await other.close();
    }
  });

  it('may use a jti that another client used', async () => {
    const [one, two] = [await register({ jwks: [key.jwk] }), await register({ jwks: [key.jwk] })];
    await expect(signIn(one, key, { jti: 'same' })).resolves.toBeDefined();
    await expect(signIn(two, key, { jti: 'same' })).resolves.toBeDefined();
    expect(await refusal(signIn(one, key, { jti: 'same' }))).toMatchObject({ reason: 'REPLAY' });
  });

  it('finds no moment in which an assertion is good and forgotten', async () => {
    const clientId = await register({ jwks: [key.jwk] });
    const assertion = await access.assert(clientId, key);
    const start = access.clock.now().getTime();
    await access.byAssertion().run({ assertion });
    for (let second = 0; second <= 240; second += 5) {
      access.clock.set(new Date(start + second * 1000));
      await signIn(clientId);
      const { reason } = await refusal(access.byAssertion().run({ assertion }));
      expect(second < 90 ? reason : `${reason} after its end`).toMatch(/^(REPLAY|CLAIMS after its end)$/);
    }
  });

  it('leaves of its assertions only those that can still be used, and no jti of them', async () => {
    const clientId = await register({ jwks: [key.jwk] });
    const rows = async () =>
      (
        await access.owner.query<{ jti_hash: Buffer }>(
          'select * from api_client_assertion where tenant_id = $1',
          [bank.tenantId],
        )
      ).rows;
    for (let time = 0; time < 30; time += 1) await signIn(clientId, key, { jti: `Marker-${time}` });
    expect(await rows()).toHaveLength(30);
    expect(JSON.stringify(await rows())).not.toContain('Marker');
    access.clock.advance(600_000);
    await signIn(clientId);
    expect(await rows()).toHaveLength(11);
    await signIn(clientId);
    expect(await rows()).toHaveLength(2);
  });

  it('is not remembered when it is refused', async () => {
    const clientId = await register({ jwks: [key.jwk] });
    await refusal(signIn(clientId, key, { jti: 'kept', aud: 'https://other.example' }));
    await refusal(signIn(clientId, aClientKey(), { jti: 'kept' }));
    await expect(signIn(clientId, key, { jti: 'kept' })).resolves.toBeDefined();
  });
});
