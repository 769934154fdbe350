import { gzipSync } from 'node:zlib';
import { AccessTokens } from '@personr/access';
import { ImportLimits } from '@personr/api';
import { parseId } from '@personr/kernel';
import { waitFor } from '@personr/testkit';
import pg from 'pg';
import { anAdmission } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { addressOf, importAll, ImportExchange } from './import-exchange.js';
import { tally } from './tally.js';

const TEN_MINUTES = 600_000;
/** How often in a row a server that reads no further is seen at the same byte. */
const LOOKS = 20;
const NDJSON = 'application/x-ndjson';
const aLine = (name: string) => ({ key: `key-${name}`, ...anAdmission(name) });

describe('the stream of an import', () => {
  let house: House;
  let bank: TestTenant;
  let url: string;
  const lines = (name: string, count: number) =>
    Array.from({ length: count }, (_, at) => aLine(`${name}-${at}`));
  const open = (tenant: Pick<TestTenant, 'token'> = bank) => new ImportExchange(url, tenant);

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    url = await addressOf(house);
  });

  afterAll(() => house.stop());

  const freshToken = (scopes: readonly ('subjects:read' | 'subjects:write')[] = ['subjects:write']) =>
    house.api.get(AccessTokens).issue({
      tenantId: bank.tenantId,
      clientId: parseId(bank.clientId.split('.')[1] ?? ''),
      scopes: [...scopes],
    });

  describe('is refused before it begins', () => {
    const send = (body: string | Buffer, headers: Record<string, string>) =>
      house.http
        .post('/v1/subjects/import')
        .auth(bank.token, { type: 'bearer' })
        .serialize((sent: unknown) => sent as string)
        .set(headers)
        .send(body as string);

    it.each([
      ['JSON', { 'Content-Type': 'application/json' }],
      ['text', { 'Content-Type': 'text/plain' }],
      ['another charset', { 'Content-Type': `${NDJSON}; charset=utf-16` }],
    ])('as %s', async (_, headers) => {
      const answer = await send(JSON.stringify(aLine('refused')), headers);
      expect(answer.status).toBe(415);
      expect(answer.body).toMatchObject({ code: 'CONTENT_TYPE_UNSUPPORTED' });
    });

    it('compressed', async () => {
      const answer = await send(gzipSync(JSON.stringify(aLine('refused'))), {
        'Content-Type': NDJSON,
        'Content-Encoding': 'gzip',
      });
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([
        415,
        'CONTENT_TYPE_UNSUPPORTED',
      ]);
    });

    it('without a good token, however long it would be', async () => {
      const exchange = open({ token: 'none' });
      expect((await exchange.head()).statusCode).toBe(401);
      exchange.destroy();
      const reader = open({ token: await freshToken(['subjects:read']) });
      expect((await reader.head()).statusCode).toBe(403);
      reader.destroy();
    });

    it('and NDJSON is refused by routes that do not take it', async () => {
      const answer = await house.http
        .post('/v1/subjects')
        .auth(bank.token, { type: 'bearer' })
        .set('Content-Type', NDJSON)
        .send(JSON.stringify(anAdmission('refused')));
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([
        415,
        'CONTENT_TYPE_UNSUPPORTED',
      ]);
    });

    it('and leaves nothing behind', async () => {
      expect((await tally(house, bank)).subjects).toBe(0);
    });
  });

  it.each([`${NDJSON}; charset=utf-8`, `${NDJSON};charset="UTF-8"`, 'Application/X-NDJSON'])(
    'may be called %s',
    async (type) => {
      const exchange = new ImportExchange(url, bank, { 'content-type': type });
      exchange.end();
      expect((await exchange.rest())[0]?.summary).toEqual({
        complete: true,
        lines: 0,
        created: 0,
        updated: 0,
        replayed: 0,
        refused: 0,
      });
    },
  );

  it('has lines that end with LF or CRLF or the body, and blank ones that count but are not answered', async () => {
    const exchange = open();
    exchange.write(`\ufeff${JSON.stringify(aLine('crlf'))}\r\n\r\n  \n${JSON.stringify(aLine('last'))}`);
    exchange.end();
    expect(await exchange.rest()).toMatchObject([
      { line: 1, status: 201 },
      { line: 4, status: 201 },
      { summary: { complete: true, lines: 2, created: 2 } },
    ]);
  });

  it('is read no further while its answers are not read, and goes on when they are', async () => {
    let server:
      { readonly socket: { readonly bytesRead: number }; readonly writableNeedDrain: boolean } | undefined;
    house.api.getHttpServer().once('request', (_: unknown, response: typeof server) => (server = response));
    const exchange = open();
    const junk = `${'x'.repeat(60)}\n`.repeat(1_000);
    const chunks = 250;
    const sending = (async () => {
      for (let sent = 0; sent < chunks; sent += 1) await exchange.send(junk.slice(0, -1));
      exchange.end();
    })();
    await exchange.head();
    let [seen, looks] = [-1, 0];
    const taken = await waitFor(
      () => {
        const bytesRead = server?.socket.bytesRead ?? 0;
        looks = server?.writableNeedDrain === true && bytesRead === seen ? looks + 1 : 0;
        seen = bytesRead;
        return looks === LOOKS ? bytesRead : undefined;
      },
      { what: 'the server to read no further', timeoutMs: 60_000 },
    );
    expect(taken).toBeLessThan(chunks * junk.length);
    const answers = await exchange.rest();
    await sending;
    expect(answers.at(-1)?.summary).toMatchObject({ complete: true, lines: chunks * 1_000 });
    expect(answers.slice(0, -1).every(({ line }, at) => line === at + 1)).toBe(true);
  });

  it('R-07: that breaks off midway leaves whole lines, and sent again it changes only what was not taken', async () => {
    const all = lines('broken', 120);
    const before = await tally(house, bank);
    const exchange = open();
    await exchange.send(...all.slice(0, 60));
    await exchange.next();
    exchange.write(JSON.stringify(all[60]));
    exchange.destroy();
    const answers = await importAll(house, bank, all);
    expect(answers.slice(0, -1).map(({ status }) => status)).toEqual(all.map(() => 201));
    expect(answers[0]).toMatchObject({ replayed: true });
    expect(answers.slice(60, -1).some(({ replayed }) => replayed)).toBe(false);
    const after = await tally(house, bank);
    expect(after.subjects - before.subjects).toBe(all.length);
    expect(after.entries - before.entries).toBe(all.length);
  });

  it('ends clearly when its token does, having answered what was taken', async () => {
    const all = lines('expired', 3);
    const exchange = open({ token: await freshToken() });
    await exchange.send(all[0]!);
    expect(await exchange.next()).toMatchObject({ line: 1, status: 201 });
    house.clock.advance(TEN_MINUTES);
    await exchange.send(all[1]!);
    expect(await exchange.rest()).toMatchObject([
      { summary: { complete: false, lines: 1, status: 401, code: 'TOKEN_EXPIRED' } },
    ]);
    exchange.destroy();
    bank = { ...bank, token: await freshToken() };
    const answers = await importAll(house, bank, all);
    expect(answers.map(({ replayed }) => replayed)).toEqual([true, false, false, undefined]);
  });

  it('ends clearly when its sender falls silent', async () => {
    const limits = house.api.get(ImportLimits);
    const { idleMilliseconds } = limits;
    limits.idleMilliseconds = 50;
    const exchange = open();
    await exchange.send(aLine('silent'));
    expect(await exchange.rest()).toMatchObject([
      { line: 1, status: 201 },
      { summary: { complete: false, lines: 1, status: 408, code: 'STREAM_IDLE' } },
    ]);
    exchange.destroy();
    limits.idleMilliseconds = idleMilliseconds;
  });

  it('is cut when nothing moves on it any more', async () => {
    const limits = house.api.get(ImportLimits);
    const { stalledMilliseconds } = limits;
    limits.stalledMilliseconds = 50;
    const exchange = open();
    await expect(exchange.rest()).rejects.toThrow();
    limits.stalledMilliseconds = stalledMilliseconds;
  });

  it('answers 503 line by line while the key store is away, and the lines are safe to send again', async () => {
    const keystore = new URL(house.databases.keystoreOwnerUrl);
    const admin = new pg.Client({ connectionString: new URL('/postgres', keystore).href });
    await admin.connect();
    const exchange = open();
    await exchange.send(aLine('before'));
    expect(await exchange.next()).toMatchObject({ status: 201 });
    const name = keystore.pathname.slice(1);
    await admin.query(`alter database ${name} allow_connections false`);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    await exchange.send(aLine('during'));
    expect(await exchange.next()).toMatchObject({ line: 2, status: 503, code: 'SERVICE_UNAVAILABLE' });
    await admin.query(`alter database ${name} allow_connections true`);
    await admin.end();
    await exchange.send(aLine('before'), aLine('during'));
    exchange.end();
    expect(await exchange.rest()).toMatchObject([
      { line: 3, status: 201, replayed: true },
      { line: 4, status: 201, replayed: false },
      { summary: { complete: true, created: 2, replayed: 1, refused: 1 } },
    ]);
  });
});
