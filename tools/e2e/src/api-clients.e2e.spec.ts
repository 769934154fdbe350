import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createApi } from '@personr/api';
import { newId } from '@personr/kernel';
import { pino } from 'pino';
import supertest from 'supertest';
import { aKey, clientsOf, type Shown } from './api-clients.spec-helper.js';
import { MARKER } from './bad-requests.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { entriesOf } from './log-entries.js';

type Method = 'get' | 'post' | 'patch' | 'delete';
const PLENTY = { tokenClientRequests: 10_000, tokenAddressRequests: 10_000 };
const CLIENTS = '/v1/api-clients';

describe('the clients of a tenant, over HTTP', () => {
  let house: House;
  let bank: TestTenant;
  const clients = () => clientsOf(house, bank);
  const ask = (method: Method, path: string, token = bank.token): supertest.Test =>
    house.http[method](path).auth(token, { type: 'bearer' });

  beforeAll(async () => {
    house = await startHouse({ rates: PLENTY });
    bank = await house.onboard('Bank');
  });

  afterAll(() => house.stop());
  beforeEach(() => {
    house.clock.advance(1);
  });

  describe('a client', () => {
    it('is registered with a secret that is shown once, to no cache, and in no replay', async () => {
      const key = { 'Idempotency-Key': randomUUID() };
      const body = { name: 'onboarding service', scopes: ['subjects:read'] };
      const first = await ask('post', CLIENTS).set(key).send(body).expect(201);
      const again = await ask('post', CLIENTS).set(key).send(body).expect(201);
      const { clientSecret, ...shown } = first.body as Shown;
      expect(clientSecret).toMatch(/^[\w-]{43}$/);
      expect(first.headers).toMatchObject({ etag: '"1"', 'cache-control': 'no-store' });
      expect(again.body).toEqual(shown);
      expect(again.headers['idempotency-replayed']).toBe('true');
      const read = await ask('get', `${CLIENTS}/${shown.id}`).expect(200);
      expect(read.body).toEqual(shown);
      const { text } = await ask('get', CLIENTS).expect(200);
      expect(text + house.logLines.join('')).not.toContain(clientSecret);
      const conflict = await ask('post', CLIENTS)
        .set(key)
        .send({ ...body, name: 'other' })
        .expect(409);
      expect(conflict.body).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    });

    it('is changed by whoever saw it as it stands, and by nobody else', async () => {
      const { id } = await clients().create({});
      const path = `${CLIENTS}/${id}`;
      const blind = await ask('patch', path).send({ name: 'new' }).expect(428);
      expect(blind.body).toMatchObject({ code: 'PRECONDITION_REQUIRED' });
      const changed = await ask('patch', path).set('If-Match', '"1"').send({ name: 'new' }).expect(200);
      expect([changed.headers.etag, changed.body]).toMatchObject(['"2"', { name: 'new' }]);
      const late = await ask('patch', path).set('If-Match', '"1"').send({ name: 'newer' }).expect(412);
      expect(late.body).toMatchObject({ code: 'PRECONDITION_FAILED' });
    });

    it('gets a new secret while the old one is still good, and then the old one goes', async () => {
      const client = await clients().create({});
      const path = `${CLIENTS}/${client.id}/secrets`;
      house.clock.advance(1);
      const made = await ask('post', path).send({ overlapSeconds: 60 }).expect(201);
      const { clientSecret, id } = made.body as { clientSecret: string; id: string };
      await clients().tokenBySecret(client);
      await clients().tokenBySecret({ ...client, clientSecret });
      const third = await ask('post', path).send({ overlapSeconds: 60 }).expect(409);
      expect(third.body).toMatchObject({ code: 'CLIENT_SECRETS_FULL' });
      const shown = await ask('get', `${CLIENTS}/${client.id}`).expect(200);
      expect((shown.body as Shown).secrets.map((secret) => secret.id)).toEqual([id, client.secrets[0]?.id]);
      await ask('delete', `${path}/${client.secrets[0]?.id ?? ''}`).expect(204);
      await clients()
        .form({})
        .auth(client.clientId, client.clientSecret ?? '')
        .expect(401);
      const gone = await ask('delete', `${path}/${client.secrets[0]?.id ?? ''}`).expect(404);
      expect(gone.body).toMatchObject({ code: 'CLIENT_SECRET_NOT_FOUND' });
    });

    it('is nobody to a credential that may not administer, and to another tenant', async () => {
      const client = await clients().create({ scopes: ['subjects:read', 'subjects:write'] });
      const token = await clients().tokenBySecret(client);
      const market = await house.onboard('Market');
      const paths: [Method, string][] = [
        ['get', `${CLIENTS}/${client.id}`],
        ['patch', `${CLIENTS}/${client.id}`],
        ['post', `${CLIENTS}/${client.id}/revoke`],
        ['post', `${CLIENTS}/${client.id}/secrets`],
        ['delete', `${CLIENTS}/${client.id}/secrets/${client.secrets[0]?.id ?? ''}`],
      ];
      const body = { name: 'mine', overlapSeconds: 0 };
      for (const [method, path] of paths) {
        const member =
          method === 'patch'
            ? { name: body.name }
            : path.endsWith('secrets')
              ? { overlapSeconds: 0 }
              : undefined;
        const send = (by: string, at: string) => ask(method, at, by).set('If-Match', '"1"').send(member);
        expect((await send(token, path)).body).toMatchObject({ code: 'SCOPE_MISSING' });
        const foreign = await send(market.token, path);
        const unknown = await send(market.token, path.replace(client.id, newId(house.clock.now())));
        expect([foreign.status, foreign.body]).toMatchObject([404, { code: 'API_CLIENT_NOT_FOUND' }]);
        expect({ ...(unknown.body as object), instance: '' }).toEqual({
          ...(foreign.body as object),
          instance: '',
        });
      }
      const { text } = await ask('get', CLIENTS, market.token).expect(200);
      expect(text).not.toContain(client.id);
    });

    it('cannot make one that may do more than itself, nor take the keys of one that may', async () => {
      const limited = await clients().create({ scopes: ['admin', 'subjects:read'] });
      const token = await clients().tokenBySecret(limited);
      const more = await ask('post', CLIENTS, token)
        .send({ name: 'more', scopes: ['values:read'] })
        .expect(403);
      expect(more.body).toMatchObject({ code: 'SCOPE_NOT_GRANTABLE' });
      const rich = await clients().create({ scopes: ['values:read'] });
      const secret = await ask('post', `${CLIENTS}/${rich.id}/secrets`, token)
        .send({ overlapSeconds: 0 })
        .expect(403);
      expect(secret.body).toMatchObject({ code: 'SCOPE_NOT_GRANTABLE' });
    });

    it('stays when it is the last that may administer', async () => {
      const market = await house.onboard('Market');
      const id = market.clientId.split('.')[1] ?? '';
      const kept = await ask('post', `${CLIENTS}/${id}/revoke`, market.token).expect(409);
      expect(kept.body).toMatchObject({ code: 'LAST_ADMIN' });
      await market.get(`${CLIENTS}/${id}`).expect(200);
    });
  });

  it.each<[string, object, number, string]>([
    ['no name', { scopes: ['admin'] }, 400, 'VALIDATION_FAILED'],
    [
      'a name that is an address',
      { name: `${MARKER}@bank.example`, scopes: ['admin'] },
      400,
      'VALIDATION_FAILED',
    ],
    ['a name that is too long', { name: MARKER.repeat(7), scopes: ['admin'] }, 400, 'VALIDATION_FAILED'],
    ['a name that is null', { name: null, scopes: ['admin'] }, 400, 'VALIDATION_FAILED'],
    ['no scopes', { name: MARKER }, 400, 'VALIDATION_FAILED'],
    ['an empty list of scopes', { name: MARKER, scopes: [] }, 400, 'VALIDATION_FAILED'],
    ['an unknown scope', { name: MARKER, scopes: [MARKER] }, 400, 'VALIDATION_FAILED'],
    ['a scope twice', { name: MARKER, scopes: ['admin', 'admin'] }, 400, 'VALIDATION_FAILED'],
    ['a secret of its own', { name: MARKER, scopes: ['admin'], clientSecret: MARKER }, 400, 'UNKNOWN_MEMBER'],
    ['keys that are null', { name: MARKER, scopes: ['admin'], jwks: null }, 400, 'VALIDATION_FAILED'],
    [
      'keys that are no list',
      { name: MARKER, scopes: ['admin'], jwks: { keys: MARKER } },
      400,
      'VALIDATION_FAILED',
    ],
    [
      'keys and a URL',
      { name: MARKER, scopes: ['admin'], jwks: { keys: [{}] }, jwksUri: 'https://a.example' },
      400,
      'VALIDATION_FAILED',
    ],
    [
      'a shared key',
      { name: MARKER, scopes: ['admin'], jwks: { keys: [{ kty: 'oct', k: MARKER, kid: 'k' }] } },
      422,
      'KEY_SET_REFUSED',
    ],
    [
      'a private key',
      { name: MARKER, scopes: ['admin'], jwks: { keys: [{ ...aKey().jwk, d: MARKER }] } },
      422,
      'KEY_SET_REFUSED',
    ],
    [
      'a URL over http',
      { name: MARKER, scopes: ['admin'], jwksUri: `http://${MARKER}.example` },
      422,
      'KEY_SET_REFUSED',
    ],
    [
      'a URL of this machine',
      { name: MARKER, scopes: ['admin'], jwksUri: `https://127.0.0.1/${MARKER}` },
      422,
      'KEY_SET_REFUSED',
    ],
  ])('is refused with %s, and quotes nothing of it', async (_, body, status, code) => {
    const count = async () =>
      (await house.owner.query('select from api_client where tenant_id = $1', [bank.tenantId])).rowCount;
    const [before, lines] = [await count(), house.logLines.length];
    const answer = await ask('post', CLIENTS).send(body);
    expect([answer.status, answer.body]).toMatchObject([status, { code }]);
    expect(answer.text + house.logLines.slice(lines).join('')).not.toMatch(new RegExp(MARKER, 'i'));
    expect(await count()).toBe(before);
  });

  it.each([{}, { name: null }, { scopes: null }, { jwks: null }, { jwksUri: null }])(
    'is not changed by %j',
    async (body) => {
      const { id } = await clients().create({});
      const answer = await ask('patch', `${CLIENTS}/${id}`).set('If-Match', '"1"').send(body).expect(400);
      expect(answer.body).toMatchObject({ code: 'VALIDATION_FAILED' });
    },
  );

  describe('a live token', () => {
    const withOther = async (work: (other: ReturnType<typeof supertest>) => Promise<void>): Promise<void> => {
      const other = await createApi(house.apiConfig, house.clock, pino({ level: 'silent' }));
      try {
        await work(supertest(other.getHttpServer()));
      } finally {
        await other.close();
      }
    };
    const see = (http: ReturnType<typeof supertest>, token: string, path = '/v1/subjects') =>
      http.get(path).auth(token, { type: 'bearer' });

    it('is refused by its very next request when its client is revoked, at every process', async () => {
      await withOther(async (other) => {
        const client = await clients().create({});
        const token = await clients().tokenBySecret(client);
        for (const http of [house.http, other]) await see(http, token).expect(200);
        await ask('post', `${CLIENTS}/${client.id}/revoke`).expect(200);
        for (const http of [house.http, other]) {
          const refused = await see(http, token).expect(401);
          expect(refused.body).toMatchObject({ code: 'CREDENTIAL_INVALID' });
          expect(refused.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
        }
      });
    });

    it('loses what its client loses, and no more', async () => {
      await withOther(async (other) => {
        const client = await clients().create({ scopes: ['subjects:read', 'instructions:read'] });
        const token = await clients().tokenBySecret(client);
        await see(other, token, '/v1/instructions').expect(200);
        const scopes = ['subjects:read'];
        await ask('patch', `${CLIENTS}/${client.id}`).set('If-Match', '"1"').send({ scopes }).expect(200);
        for (const http of [house.http, other]) {
          expect((await see(http, token, '/v1/instructions').expect(403)).body).toMatchObject({
            code: 'SCOPE_MISSING',
          });
          await see(http, token).expect(200);
        }
      });
    });

    it('is refused when its tenant is closed', async () => {
      const market = await house.onboard('Market');
      await market.get('/v1/subjects').expect(200);
      await house.owner.query("update tenant set state = 'CLOSED' where id = $1", [market.tenantId]);
      await market.get('/v1/subjects').expect(401);
    });

    it('outlives the key that signed it, while that is still published', async () => {
      const directory = join(dirname(house.apiConfig.tokenKeyFile), 'token-keys');
      mkdirSync(directory);
      const write = (name: string): void => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        writeFileSync(join(directory, name), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
          mode: 0o600,
        });
      };
      const started = async (tokenKeyFile: string) => {
        const api = await createApi(
          { ...house.apiConfig, tokenKeyFile },
          house.clock,
          pino({ level: 'silent' }),
        );
        return { http: supertest(api.getHttpServer()), close: () => api.close() };
      };
      const tokenOf = async (http: ReturnType<typeof supertest>): Promise<string> => {
        const issued = await clients().form({}, http).auth(bank.clientId, bank.clientSecret).expect(200);
        return (issued.body as { access_token: string }).access_token;
      };
      write('2026-11.pem');
      const before = await started(directory);
      const old = await tokenOf(before.http);
      write('2026-12.pem');
      const during = await started(directory);
      const young = await tokenOf(during.http);
      await see(during.http, old).expect(200);
      await see(during.http, young).expect(200);
      const { text } = await during.http.get('/.well-known/jwks.json').expect(200);
      expect((JSON.parse(text) as { keys: unknown[] }).keys).toHaveLength(2);
      const after = await started(join(directory, '2026-12.pem'));
      await see(after.http, old).expect(401);
      await see(after.http, young).expect(200);
      await see(house.http, young).expect(401);
      await Promise.all([before.close(), during.close(), after.close()]);
    });
  });

  it('leaves refusals at the door to a line of the platform, however many, and nothing to the tenant', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
    const other = await createApi(house.apiConfig, house.clock, logger);
    // A tenant of its own: counts of the hours of earlier specs become entries when they will.
    const shop = await house.onboard('Shop');
    const entries = async () => (await entriesOf(house, shop)).length;
    const before = await entries();
    const http = supertest(other.getHttpServer());
    for (let time = 0; time < 20; time += 1) {
      await clients().form({}, http).auth(shop.clientId, MARKER).expect(401);
    }
    await clients()
      .present(await clients().assertionOf(shop.clientId, aKey()), http)
      .expect(401);
    await other.close();
    expect(
      lines.filter((line) => line.includes('credentials refused')).map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ msg: 'credentials refused: SECRET 20, SIGNATURE 1' }]);
    expect(lines.join('')).not.toContain(MARKER);
    expect(await entries()).toBe(before);
  });
});
