import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Json } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { ELEMENT_CODES, ELEMENTS } from '@personr/law';
import { tempDirectory, waitFor } from '@personr/testkit';
import { Redis } from 'ioredis';
import supertest from 'supertest';
import { type ApiProcess, spawnApi } from './api-process.js';
import { aDelete, COLLECTED, idOf } from './bodies.js';
import { aboutDocument, digestOf, DocumentWire } from './document-wire.js';
import { sendEverywhere } from './canary-routes.js';
import { type House, startHouse, tenantOf, type TestTenant } from './house.js';
import { importAll } from './import-exchange.js';
import { asciiNeedle, digitNeedle, type Find, findIn, hanNeedle } from './needles.js';
import {
  clusterFiles,
  evidenceFiles,
  filesIn,
  keyringFiles,
  objectFiles,
  redisLog,
  redisValues,
  type Resting,
  tableRows,
} from './resting-places.js';
import { provokeErrors, whileInsertsFail } from './provoke-errors.js';
import { openRedisMonitor, type RedisMonitor } from './redis-monitor.js';
import { tally } from './tally.js';
import { spawnWorker, type WorkerProcess } from './worker-process.js';

const [ascii, han, digits] = [asciiNeedle(), hanNeedle(), digitNeedle()];
const NEEDLES = [ascii, han, digits];
const marked = (what: string) => `${what} ${ascii.text} ${han.text} ${digits.text}`;

const NOT_IN_NOTICE = ['G', 'J', 'K'];
const WRITABLE = ELEMENT_CODES.filter((code) =>
  ELEMENTS[code].categories.every((letter) => !NOT_IN_NOTICE.includes(letter)),
);

/** A digit each person has to itself: whoever shares an identity with somebody erased is not taken in. */
const people: string[] = [];
const digitOf = (externalId: string): number => {
  if (!people.includes(externalId)) people.push(externalId);
  return people.indexOf(externalId);
};

/** A person every value of whom holds the needles: names of members, deep values, long ones. */
const person = (externalId: string) => ({
  externalId,
  identities: [
    { type: 'EMAIL', value: `${externalId}@people.example` },
    { type: 'PHONE', value: `+${digits.text}${digitOf(externalId)}` },
    { type: 'DOCUMENT_NUMBER', value: `${externalId}-${han.text}` },
  ],
  residency: 'US-CA',
  records: WRITABLE.map((element): { element: string; value: Json } & typeof COLLECTED => ({
    element,
    value: { [marked('member')]: [marked(element)], long: marked('long ').repeat(200) },
    ...COLLECTED,
  })),
});

/** Why jobs failed, as Bull wrote it into Redis: the argument after that name. */
const reasonsTold = (commands: readonly string[]): string[] =>
  commands
    .map((command) => JSON.parse(command) as string[])
    .filter((parts) => parts.includes('failedReason'))
    .map((parts) => parts[parts.indexOf('failedReason') + 1] ?? '');

describe('what a client sent', () => {
  let house: House;
  let bank: TestTenant;
  let monitor: RedisMonitor;
  /** The same house again in processes of their own, with their own logs and their own places for temporary files. */
  let api: ApiProcess;
  let worker: WorkerProcess;
  let atProcess: TestTenant;
  const temporary = tempDirectory('tmp');
  const erased = `erased-${ascii.text}`;

  beforeAll(async () => {
    // Of the present: the worker's own process has no other clock, and takes what is older for dead.
    house = await startHouse({ clock: new SettableClock(new Date().toISOString()) });
    bank = await house.onboard('Bank');
    const loud = { LOG_LEVEL: 'trace', TMPDIR: temporary };
    api = await spawnApi(house, loud);
    worker = spawnWorker(house, { leaseSeconds: 30, told: loud });
    atProcess = await tenantOf(supertest(api.url), bank);
    monitor = await openRedisMonitor(house.redisUrl);
  });

  afterAll(async () => {
    monitor.close();
    await worker.kill();
    await api.end('SIGTERM');
    await house.stop();
  });

  async function* everything(): AsyncGenerator<Resting> {
    yield* clusterFiles(house);
    yield* tableRows(house);
    yield* keyringFiles(house);
    yield* objectFiles(house);
    yield* evidenceFiles(house);
    yield* redisValues(house);
    yield* redisLog();
    yield* filesIn('temporary', temporary);
    yield { place: 'commands to Redis', bytes: Buffer.from(monitor.commands.join('\n')) };
    yield { place: 'log lines', bytes: Buffer.from(house.logLines.join('')) };
    yield { place: 'process api', bytes: Buffer.from(api.said()) };
    yield { place: 'process worker', bytes: Buffer.from(worker.said()) };
  }

  const scan = async (): Promise<{ finds: Find[]; places: Set<string> }> => {
    const finds: Find[] = [];
    const places = new Set<string>();
    for await (const { place, bytes } of everything()) {
      places.add(place.split(' ')[0] ?? '');
      finds.push(...findIn(place, bytes, NEEDLES));
    }
    return { finds, places };
  };

  /** Sends the needles wherever a client can put something, well and badly. Returns the erased person's id. */
  const sendAll = async (): Promise<string> => {
    const headers = { 'Idempotency-Key': `key-${ascii.text}`, 'X-Request-Id': ascii.text };
    const id = idOf(await bank.post('/v1/subjects', person(erased), headers).expect(201));
    await bank.post('/v1/subjects', person(erased), headers).expect(201);
    await bank.post(`/v1/subjects/${id}/records/read`, { purpose: 'IDENTITY_VERIFICATION' }).expect(200);
    await bank.post('/v1/subjects/lookup', { externalId: erased }).expect(200);
    await bank.post('/v1/subjects/lookup', { externalId: `nobody-${ascii.text}` }).expect(404);
    await bank.post('/v1/subjects', { ...person(erased), [marked('member')]: marked('value') }).expect(400);
    await bank.post('/v1/subjects', person(erased), { 'Idempotency-Key': `two ${ascii.text}` }).expect(400);
    await bank.post('/v1/subjects', { ...person(erased), residency: marked('where') }).expect(400);
    await bank.get(`/v1/subjects/${ascii.text}?cursor=${digits.text}`).expect(400);
    await bank.get(`/v1/subjects/%E0%A4%A${ascii.text}`).expect(404);
    await house.http.get('/v1/subjects').auth(ascii.text, { type: 'bearer' }).expect(401);
    const knock = house.http.post('/oauth/token').auth(ascii.text, marked('secret')).type('form');
    await knock.send({ grant_type: 'client_credentials' }).expect(401);
    await house.http
      .post('/oauth/token')
      .type('form')
      .send({ grant_type: marked('grant') })
      .expect(400);
    await sendDocuments(id);
    await sendLines();
    expect(await sendEverywhere(house, bank, { word: ascii.text, text: marked('anywhere') })).toBeGreaterThan(
      80,
    );
    const refused = aDelete(
      { externalId: erased },
      { writing: { text: marked('why') }, verification: undefined },
    );
    await bank.post('/v1/instructions', refused).expect(409);
    return id;
  };

  /** Lines of an import full of needles: taken, refused, and no JSON at all. */
  const sendLines = async (): Promise<void> => {
    const line = { key: `line-${ascii.text}`, ...person(erased) };
    const [taken, refused, unread] = await importAll(house, bank, [
      line,
      { ...line, key: `two ${ascii.text}` },
      `{"key":"${marked('')}`,
    ]);
    expect([taken?.status, refused?.status, unread?.status]).toEqual([200, 400, 400]);
  };

  /** Has both databases refuse the needles under the hands of the product, in this process and in its own. */
  const failUnderneath = async (): Promise<void> => {
    const { ownerUrl, keystoreOwnerUrl } = house.databases;
    const text = marked('provoked');
    for (const tenant of [bank, atProcess]) {
      const whose = tenant === bank ? 'ours' : 'theirs';
      const admit = (name: string) => tenant.post('/v1/subjects', person(`${whose}-${name}-${ascii.text}`));
      await whileInsertsFail(ownerUrl, { table: 'record', text }, async () => {
        expect(findIn('answer', Buffer.from((await admit('data').expect(500)).text), NEEDLES)).toEqual([]);
      });
      await whileInsertsFail(keystoreOwnerUrl, { table: 'pack', text }, async () => {
        expect(findIn('answer', Buffer.from((await admit('keys').expect(503)).text), NEEDLES)).toEqual([]);
      });
    }
    const states = await provokeErrors(house.databases, bank.tenantId, text);
    for (const state of ['22P02', '22007', '23502', '23505', '42501', '42703', '42P01', '22012']) {
      expect([...states]).toContain(state);
    }
    expect([...states]).not.toContain('taken');
  };

  /** Has an execution fail with the needles in the error, until Bull has been told why. */
  const failExecution = async (): Promise<void> => {
    const writing = { instructorId: null, text: marked('Erase'), documentSha256: null };
    const id = idOf(await bank.post('/v1/subjects', person(`failing-${ascii.text}`)).expect(201));
    const fault = { table: 'execution_step', text: marked('provoked') };
    const isTold = () => {
      house.clock.advance(10);
      return reasonsTold(monitor.commands).length > 0;
    };
    const instructionId = await whileInsertsFail(house.databases.ownerUrl, fault, async () => {
      const order = await bank.post('/v1/instructions', aDelete({ id }, { writing })).expect(202);
      await waitFor(isTold, { what: 'Bull to be told of a failure', timeoutMs: 60_000 });
      return idOf(order);
    });
    await house.ended(bank, instructionId);
  };

  /** A document full of needles, sent well, badly and by halves; and read back. */
  const sendDocuments = async (id: string): Promise<void> => {
    const wire = await DocumentWire.open(house, bank);
    const bytes = Buffer.from(marked('document ').repeat(70_000));
    const named = { 'content-type': `text/plain; name="${ascii.text}"; charset=utf-8` };
    const added = await wire.post(wire.path(id), bytes, {
      ...named,
      'idempotency-key': `document-${ascii.text}`,
      'content-digest': digestOf(bytes),
    });
    expect(added.status).toBe(201);
    const read = await wire.get(`${added.headers.location ?? ''}?purpose=IDENTITY_VERIFICATION`);
    expect(read.bytes.equals(bytes)).toBe(true);
    const wrong = await wire.post(wire.path(id), bytes, { 'content-digest': digestOf(Buffer.from('x')) });
    expect(wrong.status).toBe(422);
    expect((await wire.post(wire.path(id), bytes, { 'content-type': `${ascii.text}/x` })).status).toBe(400);
    expect((await wire.post(wire.path(id, aboutDocument({ element: ascii.text })), bytes)).status).toBe(400);
    const half = wire.begin(wire.path(id), { 'content-length': String(bytes.length * 2) });
    await new Promise((resolve) => half.write(bytes, resolve));
    half.destroy();
  };

  const erase = async (): Promise<string> => {
    const writing = { instructorId: null, text: marked('Erase'), documentSha256: null };
    const headers = { 'Idempotency-Key': `order-${ascii.text}`, 'X-Request-Id': marked('').slice(1, 18) };
    const order = aDelete({ externalId: erased }, { writing });
    const id = idOf(await bank.post('/v1/instructions', order, headers).expect(202));
    await house.ended(bank, id);
    return id;
  };

  it('R-97: rests nowhere in the clear: not before its erasure, and not after', async () => {
    const id = await sendAll();
    const before = await scan();
    expect(before.finds).toEqual([]);
    expect([...before.places]).toContain('objects');
    const instructionId = await erase();
    await tally(house, bank);
    const { finds, places } = await scan();
    expect(finds).toEqual([]);
    const searched = ['cluster', 'table', 'keyring', 'evidence', 'redis', 'commands', 'server', 'log'];
    expect([...places]).toEqual(expect.arrayContaining(searched));
    expect(monitor.commands.some((command) => command.includes(bank.tenantId))).toBe(true);
    await bank.get(`/v1/subjects/${id}`).expect(404);
    const receipt = await bank.get(`/v1/instructions/${instructionId}/receipt`).expect(200);
    const { entry, salt } = receipt.body as { entry: string; salt: string };
    expect([...evidenceFiles(house)].filter(({ bytes }) => bytes.includes(salt))).not.toEqual([]);
    const evidence = [receipt.text, Buffer.from(entry, 'base64').toString()];
    const { rows } = await house.owner.query<{ entry: Buffer }>('select entry from log_entry');
    const refusals = rows.filter(({ entry }) => entry.includes('.refused"'));
    expect(refusals.length).toBeGreaterThan(80);
    expect([...evidenceFiles(house)].some(({ bytes }) => bytes.includes('request.refused'))).toBe(true);
    for (const bytes of [...evidence.map((text) => Buffer.from(text)), ...rows.map((row) => row.entry)]) {
      expect(findIn('evidence', bytes, NEEDLES)).toEqual([]);
    }
  }, 300_000);

  it('R-97: reaches no log and no job, whatever a database says of it when it refuses', async () => {
    await failUnderneath();
    await failExecution();
    const { finds, places } = await scan();
    expect(finds).toEqual([]);
    expect([...places]).toEqual(expect.arrayContaining(['server', 'process', 'log']));
    expect(house.logLines.some((line) => line.includes('"code":"INTERNAL"'))).toBe(true);
    expect(api.said()).toContain('"code":"INTERNAL"');
    expect(new Set(reasonsTold(monitor.commands))).toEqual(new Set(['INTERNAL']));
  });

  it('would be found where it did: in each place, in each spelling', async () => {
    const spellings = NEEDLES.flatMap(({ spellings: all }) => [...all.values()]);
    await house.owner.query('create table canary (planted bytea)');
    for (const planted of spellings) await house.owner.query('insert into canary values ($1)', [planted]);
    const redis = new Redis(house.redisUrl);
    await redis.hset('canary', 'planted', marked('value'));
    await redis.quit();
    house.logLines.push(marked('line'));
    writeFileSync(join(house.objectDirectory, 'canary'), marked('object'));
    writeFileSync(join(house.evidenceDirectory, 'canary'), marked('evidence'));
    writeFileSync(join(temporary, 'canary'), marked('temporary'));
    const { finds } = await scan();
    const places = new Set(finds.map(({ place }) => place.split('/')[0]));
    expect([...places]).toEqual(
      expect.arrayContaining([
        'cluster base',
        'cluster pg_wal',
        'table canary',
        'redis canary',
        'objects',
        'evidence',
        'commands to Redis',
        'log lines',
        'temporary',
      ]),
    );
    const inFile = finds.filter(({ place }) => place.startsWith('cluster base'));
    expect(new Set(inFile.map(({ spelling }) => spelling))).toEqual(
      new Set(NEEDLES.flatMap(({ spellings: all }) => [...all.keys()])),
    );
  });
});
