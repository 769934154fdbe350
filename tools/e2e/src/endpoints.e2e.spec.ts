import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Inbox,
  noSshServer,
  type SshServer,
  startInbox,
  startSshServer,
  tempDirectory,
  waitFor,
} from '@personr/testkit';
import { idOf } from './bodies.js';
import { challengedInbox, challengeSent, type EndpointAnswer, REACH_INBOX } from './endpoints.spec-helper.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { tableRows } from './resting-places.js';
import { spawnWorker } from './worker-process.js';

const HOST = 'marker-host-51.business.example';
const SECRETS = ['marker-secret-51', 'marker-key-id-51', 'marker-bearer-51'];
const S3 = {
  region: 'us-west-2',
  bucket: 'returned-by-personr',
  accessKeyId: SECRETS[1],
  secretAccessKey: SECRETS[0],
};

describe('endpoints of a tenant, over HTTP', () => {
  let house: House;
  let bank: TestTenant;
  let market: TestTenant;
  let inbox: Inbox;

  beforeAll(async () => {
    house = await startHouse({ endpoints: REACH_INBOX });
    bank = await house.onboard('Bank');
    market = await house.onboard('Market');
    inbox = await startInbox();
  });

  afterAll(async () => {
    await house.stop();
    await inbox.stop();
  });

  const register = (place: object, headers = {}) =>
    bank.post('/v1/endpoints', { name: 'archive', place }, headers);
  const show = async (id: string) =>
    (await bank.get(`/v1/endpoints/${id}`).expect(200)).body as EndpointAnswer & { place: object };

  it('R-55: are registered, challenged, proved and revoked, and show where they are', async () => {
    const { id, code } = await challengedInbox(bank, inbox);
    expect(await show(id)).toMatchObject({
      state: 'REGISTERED',
      kind: 'HTTPS',
      place: { https: { url: `${inbox.url}/in` } },
      challenge: { state: 'SENT', triesLeft: 5 },
    });
    const wrong = await bank.post(`/v1/endpoints/${id}/proof`, { code: 'A'.repeat(43) }).expect(422);
    expect((wrong.body as { code: string }).code).toBe('CHALLENGE_WRONG');
    expect((await show(id)).challenge).toMatchObject({ triesLeft: 4 });
    const proved = await bank.post(`/v1/endpoints/${id}/proof`, { code }).expect(200);
    expect(proved.body).toMatchObject({ state: 'PROVED', provedAt: house.clock.now().toISOString() });
    const again = await bank.post(`/v1/endpoints/${id}/challenge`, {}).expect(409);
    expect((again.body as { code: string }).code).toBe('ILLEGAL_TRANSITION');
    const revoked = await bank.post(`/v1/endpoints/${id}/revoke`, {}).expect(200);
    expect(revoked.body).toMatchObject({ state: 'REVOKED' });
    expect((await bank.post(`/v1/endpoints/${id}/revoke`, {}).expect(200)).body).toEqual(revoked.body);
  });

  it('R-01, R-97: what opens them is nowhere: in no answer, row, log line or metric; where they are in no row', async () => {
    const made = [
      await register({ s3: { ...S3, url: `https://${HOST}` } }).expect(201),
      await register({ https: { url: `https://${HOST}/in`, bearer: SECRETS[2] } }).expect(201),
    ];
    for (const answer of made) {
      await bank.post(`/v1/endpoints/${idOf(answer)}/challenge`, {}).expect(202);
      await waitFor(async () => (await show(idOf(answer))).challenge?.state === 'FAILED', {
        what: 'the challenge to fail, since nobody of that name is there',
        timeoutMs: 30_000,
      });
      expect((await show(idOf(answer))).challenge).toMatchObject({ failure: 'UNREACHABLE' });
    }
    const list = await bank.get('/v1/endpoints').expect(200);
    const said = [...made.map(({ text }) => text), list.text, ...house.logLines].join('\n');
    for (const secret of SECRETS) expect([secret, said.includes(secret)]).toEqual([secret, false]);
    for await (const { place, bytes } of tableRows(house)) {
      for (const mark of [...SECRETS, HOST]) {
        const found = bytes.includes(mark) || bytes.includes(Buffer.from(mark).toString('hex'));
        expect([place, mark, found]).toEqual([place, mark, false]);
      }
    }
  });

  it('are registered once for a key, and another tenant sees none of them', async () => {
    const headers = { 'Idempotency-Key': 'endpoint-1' };
    const first = await register({ s3: S3 }, headers).expect(201);
    const again = await register({ s3: S3 }, headers).expect(201);
    expect([again.body, again.headers['idempotency-replayed']]).toEqual([first.body, 'true']);
    const conflict = await register({ s3: { ...S3, bucket: 'another' } }, headers).expect(409);
    expect((conflict.body as { code: string }).code).toBe('IDEMPOTENCY_CONFLICT');
    const id = idOf(first);
    for (const attempt of [
      market.get(`/v1/endpoints/${id}`),
      market.post(`/v1/endpoints/${id}/challenge`, {}),
      market.post(`/v1/endpoints/${id}/proof`, { code: 'A'.repeat(43) }),
      market.post(`/v1/endpoints/${id}/revoke`, {}),
    ]) {
      expect((await attempt.expect(404)).body).toMatchObject({ code: 'ENDPOINT_NOT_FOUND' });
    }
    expect((await market.get('/v1/endpoints').expect(200)).body).toEqual({ items: [], nextCursor: null });
  });

  it.each<[string, object, number, string]>([
    ['two places', { s3: S3, https: { url: 'https://in.business.example' } }, 400, 'VALIDATION_FAILED'],
    ['no place', {}, 400, 'VALIDATION_FAILED'],
    ['plain http', { https: { url: 'http://in.business.example/' } }, 422, 'ENDPOINT_REFUSED'],
    ['a host of one word', { https: { url: 'https://localhost/' } }, 422, 'ENDPOINT_REFUSED'],
    ['a password', { https: { url: 'https://a:b@in.business.example/' } }, 422, 'ENDPOINT_REFUSED'],
    ['another member', { https: { url: 'https://in.business.example/', proxy: 'x' } }, 400, 'UNKNOWN_MEMBER'],
  ])('are refused with %s', async (_, place, status, code) => {
    expect((await register(place).expect(status)).body).toMatchObject({ code });
  });

  it('R-70: a worker that is killed while it sends a challenge leaves one that can be answered', async () => {
    await house.stopWorker();
    const { https } = { https: { url: `${inbox.url}/in`, ca: inbox.ca } };
    const id = idOf(await register({ https }).expect(201));
    let isHeld = false;
    inbox.answer = (request) => {
      request.resume();
      isHeld = true;
    };
    const told = { ENDPOINT_NETWORKS: '127.0.0.0/8' };
    const dying = spawnWorker(house, { leaseSeconds: 1, told });
    await bank.post(`/v1/endpoints/${id}/challenge`, {}).expect(202);
    await waitFor(() => isHeld, { what: 'the challenge to be on its way', timeoutMs: 60_000 });
    await dying.kill();
    inbox.answer = undefined;
    const code = await (async () => {
      const worker = spawnWorker(house, { leaseSeconds: 1, told });
      try {
        await waitFor(async () => (await show(id)).challenge?.state === 'SENT', {
          what: 'the challenge to be sent by another worker',
          timeoutMs: 60_000,
        });
      } finally {
        await worker.kill();
      }
      const { challenge } = await show(id);
      return inbox.items
        .get(`/in/${challenge?.file ?? ''}`)
        ?.bytes.toString()
        .trim();
    })();
    await bank.post(`/v1/endpoints/${id}/proof`, { code }).expect(200);
    await house.startWorker();
  });

  const whereHad = noSshServer === null ? it : it.skip;
  whereHad('of SFTP are let in by the key that the view shows', async () => {
    const server: SshServer = await startSshServer({ home: tempDirectory('ssh') });
    try {
      const { port, user, hostKeySha256, directory } = server;
      const sftp = { host: '127.0.0.1', port, user, hostKeySha256, directory };
      const made = await register({ sftp }).expect(201);
      const { place } = made.body as { place: { sftp: { publicKey: string } } };
      server.authorize(place.sftp.publicKey);
      const read = (file: string) =>
        existsSync(join(directory, file)) ? readFileSync(join(directory, file)) : undefined;
      const code = await challengeSent(bank, idOf(made), read);
      await bank.post(`/v1/endpoints/${idOf(made)}/proof`, { code }).expect(200);
    } finally {
      await server.stop();
    }
  });
});
