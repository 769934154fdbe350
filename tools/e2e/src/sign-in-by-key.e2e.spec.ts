import { createHmac } from 'node:crypto';
import { type AddressInfo } from 'node:net';
import { createApi } from '@personr/api';
import { createPersonrClient } from '@personr/client';
import { type KeyServer, startKeyServer } from '@personr/access/testing';
import { newId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { createLocalJWKSet, importJWK, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import * as openid from 'openid-client';
import { pino } from 'pino';
import supertest from 'supertest';
import { aKey, clientsOf, ISSUER, type Shown } from './api-clients.spec-helper.js';
import { MARKER } from './bad-requests.js';
import { type House, startHouse, type TestTenant } from './house.js';

const PLENTY = { tokenClientRequests: 10_000, tokenAddressRequests: 10_000 };

describe('a client that signs in with its key', () => {
  let house: House;
  let keyServer: KeyServer;
  let bank: TestTenant;
  let market: TestTenant;
  let client: Shown;
  const key = aKey();
  const clients = () => clientsOf(house, bank);

  beforeAll(async () => {
    keyServer = await startKeyServer();
    // A foreign client has the time of this machine.
    house = await startHouse({
      worker: false,
      clock: new SettableClock(new Date()),
      rates: PLENTY,
      keySets: keyServer.fetching,
    });
    bank = await house.onboard('Bank');
    market = await house.onboard('Market');
    client = await clients().create({ jwks: { keys: [key.jwk] } });
    await house.api.listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    await house.stop();
    await keyServer.stop();
  });

  /** The house under its own name, as a foreign client would find it on the internet. */
  const overThere: openid.CustomFetch = (url, options) => {
    const { port } = house.api.getHttpServer().address() as AddressInfo;
    return fetch(url.replace(ISSUER, `http://127.0.0.1:${port}`), options as RequestInit);
  };

  it.each(['client_secret_basic', 'private_key_jwt'])(
    'is served by what others wrote (openid-client): discovery, sign-in by %s, a call',
    async (method) => {
      house.clock.set(new Date());
      const bySecret = await clients().create({});
      const privateKey = await importJWK(key.privateKey.export({ format: 'jwk' }), 'EdDSA');
      const [id, authentication] =
        method === 'private_key_jwt'
          ? [client.clientId, openid.PrivateKeyJwt({ key: privateKey as openid.CryptoKey, kid: 'first' })]
          : [bySecret.clientId, openid.ClientSecretBasic(bySecret.clientSecret)];
      const config = await openid.discovery(new URL(ISSUER), id, undefined, authentication, {
        algorithm: 'oauth2',
        [openid.customFetch]: overThere,
      });
      expect(config.serverMetadata()).toMatchObject({
        token_endpoint_auth_methods_supported: expect.arrayContaining([method]) as unknown,
      });
      const tokens = await openid.clientCredentialsGrant(config, { scope: 'subjects:read' });
      expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'subjects:read', expires_in: 600 });
      const url = new URL(`${ISSUER}/v1/subjects`);
      const answer = await openid.fetchProtectedResource(config, tokens.access_token, url, 'GET');
      expect(answer.status).toBe(200);
    },
  );

  it('is served by our own SDK', async () => {
    const { port } = house.api.getHttpServer().address() as AddressInfo;
    const privateKey = { ...key.privateKey.export({ format: 'jwk' }), kid: 'first' };
    const baseUrl = `http://127.0.0.1:${port}`;
    const { clientId } = client;
    const personr = createPersonrClient({
      baseUrl,
      clientId,
      privateKey,
      issuer: ISSUER,
      clock: house.clock,
    });
    expect(await personr.lookup({ externalId: 'nobody' })).toBeNull();
    const misled = createPersonrClient({ baseUrl, clientId, privateKey, clock: house.clock });
    await expect(misled.lookup({ externalId: 'nobody' })).rejects.toMatchObject({
      code: 'CREDENTIAL_INVALID',
      detail: expect.stringContaining('aud') as unknown,
    });
  });

  it('gets a token that anybody can verify by the keys we publish (RFC 9068)', async () => {
    const answer = await clients()
      .present(await clients().assertionOf(client.clientId, key))
      .expect(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    const published = await house.http.get('/.well-known/jwks.json').expect(200);
    expect(published.headers['content-type']).toMatch(/^application\/jwk-set\+json/);
    expect(published.headers['cache-control']).toBe('public, max-age=300');
    const keys = JSON.parse(published.text) as JSONWebKeySet;
    expect(published.text).not.toContain('"d"');
    const { access_token: token } = answer.body as { access_token: string };
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: ISSUER,
      audience: ISSUER,
      typ: 'at+jwt',
      currentDate: house.clock.now(),
      requiredClaims: ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'],
    });
    expect(protectedHeader.kid).toBe(keys.keys[0]?.kid);
    expect(payload).toMatchObject({
      client_id: client.clientId,
      tenant: bank.tenantId,
      scope: 'subjects:read',
    });
  });

  it('finds where and how to sign in (RFC 8414)', async () => {
    const found = await house.http.get('/.well-known/oauth-authorization-server').expect(200);
    expect(found.body).toEqual({
      issuer: ISSUER,
      token_endpoint: `${ISSUER}/oauth/token`,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
      scopes_supported: expect.arrayContaining(['subjects:read', 'admin']) as unknown,
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['EdDSA', 'ES256', 'RS256', 'Ed25519'],
      service_documentation: `${ISSUER}/docs`,
    });
  });

  it('is known by the keys that it publishes at its own HTTPS server', async () => {
    const [old, next] = [aKey('old'), aKey('next')];
    keyServer.publish(old.jwk);
    const published = await clients().create({ jwksUri: keyServer.uri });
    const signIn = async (by: typeof old) =>
      clients().present(await clients().assertionOf(published.clientId, by));
    expect((await signIn(old)).status).toBe(200);
    keyServer.publish(old.jwk, next.jwk);
    expect((await signIn(next)).status).toBe(401);
    house.clock.advance(60_000);
    expect([(await signIn(next)).status, (await signIn(old)).status]).toEqual([200, 200]);
    keyServer.publish(next.jwk);
    house.clock.advance(300_000);
    expect([(await signIn(old)).status, (await signIn(next)).status]).toEqual([401, 200]);
    expect(keyServer.requests).toHaveLength(3);
  });

  describe('is refused', () => {
    const GENERAL = 'The client or its credential is not right.';
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = (changes: object = {}) => {
      const exp = Math.floor(house.clock.now().getTime() / 1000) + 60;
      const { clientId } = client;
      return { iss: clientId, sub: clientId, aud: ISSUER, jti: MARKER, exp, ...changes };
    };
    const signed = (changes: Readonly<Record<string, unknown>>, by = key) =>
      clients().assertionOf(client.clientId, by, { jti: MARKER, ...changes });
    const remembered = async (): Promise<number | null> =>
      (await house.owner.query('select from api_client_assertion')).rowCount;
    const seconds = (): number => Math.floor(house.clock.now().getTime() / 1000);

    it.each<[string, () => string | Promise<string>, string]>([
      ['of the algorithm none', () => `${part({ alg: 'none' })}.${part(claims())}.`, GENERAL],
      [
        'of HS256 over its public key',
        () => {
          const text = `${part({ alg: 'HS256', kid: 'first' })}.${part(claims())}`;
          const secret = JSON.stringify(key.jwk);
          return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
        },
        GENERAL,
      ],
      ['signed with another key', () => signed({}, aKey()), GENERAL],
      ['of an unknown kid', () => signed({}, { ...key, jwk: { kid: 'unknown' } }), GENERAL],
      [
        'in the name of an unknown client',
        () => {
          const nobody = `${bank.tenantId}.${newId(house.clock.now())}`;
          return signed({ iss: nobody, sub: nobody });
        },
        GENERAL,
      ],
      [
        'in the name of a client with a secret',
        () => signed({ iss: bank.clientId, sub: bank.clientId }),
        GENERAL,
      ],
      [
        'in the name of a client of another tenant',
        () => {
          const foreign = `${market.tenantId}.${client.id}`;
          return signed({ iss: foreign, sub: foreign });
        },
        GENERAL,
      ],
      ['of another issuer', () => signed({ iss: `${bank.tenantId}.${MARKER}` }), GENERAL],
      ['for another audience', () => signed({ aud: 'https://other.example' }), 'aud'],
      ['for the token endpoint', () => signed({ aud: `${ISSUER}/oauth/token` }), 'aud'],
      ['that has expired', () => signed({ exp: seconds() - 31 }), 'expired'],
      ['that ends too far ahead', () => signed({ exp: seconds() + 3_600 }), 'five minutes'],
      ['without an end', () => signed({ exp: undefined }), 'exp'],
      ['without a jti', () => signed({ jti: undefined }), 'jti'],
    ])('with an assertion %s', async (_, assertion, told) => {
      const [before, rows] = [house.logLines.length, await remembered()];
      const answer = await clients().present(await assertion());
      expect([answer.status, answer.body]).toEqual([
        401,
        expect.objectContaining({
          code: 'CREDENTIAL_INVALID',
          error: 'invalid_client',
          detail: expect.stringContaining(told) as unknown,
        }),
      ]);
      expect(answer.text + house.logLines.slice(before).join('')).not.toMatch(new RegExp(MARKER, 'i'));
      expect(await remembered()).toBe(rows);
    });

    it('with the jti that none of those used up, once it was good', async () => {
      const assertion = await signed({});
      await clients().present(assertion).expect(200);
      const again = await clients().present(assertion).expect(401);
      expect(again.body).toMatchObject({ error: 'invalid_client', code: 'CREDENTIAL_INVALID' });
    });

    it('with an assertion that another process took, at the same time or before', async () => {
      const other = await createApi(house.apiConfig, house.clock, pino({ level: 'silent' }));
      try {
        const ways = [house.http, supertest(other.getHttpServer())];
        const assertion = await clients().assertionOf(client.clientId, key);
        const answers = await Promise.all(
          [0, 1, 0, 1, 0, 1].map((way) => clients().present(assertion, ways[way])),
        );
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401]);
      } finally {
        await other.close();
      }
    });

    it('with a key that is not its own any more, whatever it signed before', async () => {
      const [first, second] = [aKey('first'), aKey('second')];
      const rotating = await clients().create({ jwks: { keys: [first.jwk, second.jwk] } });
      const early = await clients().assertionOf(rotating.clientId, first);
      await house.http
        .patch(`/v1/api-clients/${rotating.id}`)
        .auth(bank.token, { type: 'bearer' })
        .set('If-Match', '"1"')
        .send({ jwks: { keys: [second.jwk] } })
        .expect(200);
      await clients().present(early).expect(401);
      await clients()
        .present(await clients().assertionOf(rotating.clientId, second))
        .expect(200);
    });

    it('with two ways at once, and with half of one', async () => {
      const { form, present, assertionOf } = clients();
      const assertion = await assertionOf(client.clientId, key);
      const both = await present(assertion).auth(bank.clientId, bank.clientSecret);
      expect([both.status, both.body]).toMatchObject([
        400,
        { code: 'CREDENTIAL_AMBIGUOUS', error: 'invalid_request' },
      ]);
      const other = await form({ client_id: client.clientId }).auth(bank.clientId, bank.clientSecret);
      expect([other.status, other.body]).toMatchObject([400, { code: 'CREDENTIAL_AMBIGUOUS' }]);
      const half = await form({ client_assertion: assertion });
      expect([half.status, half.body]).toMatchObject([
        401,
        { code: 'CREDENTIAL_MISSING', error: 'invalid_client' },
      ]);
      const posted = await form({ client_id: bank.clientId, client_secret: bank.clientSecret });
      expect([posted.status, posted.body]).toMatchObject([400, { error: 'invalid_request' }]);
      await present(assertion).expect(200);
    });
  });

  it('is not taken for an access token by its own assertion, nor the other way round', async () => {
    const assertion = await clients().assertionOf(client.clientId, key);
    await house.http.get('/v1/subjects').auth(assertion, { type: 'bearer' }).expect(401);
    await clients().present(bank.token).expect(401);
    const forged = await new SignJWT({ scope: 'admin' })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' })
      .sign(key.privateKey);
    await house.http.get('/v1/subjects').auth(forged, { type: 'bearer' }).expect(401);
  });
});
