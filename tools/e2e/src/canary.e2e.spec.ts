import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Json } from '@personr/kernel';
import { ELEMENT_CODES, ELEMENTS } from '@personr/law';
import { Redis } from 'ioredis';
import { aDelete, COLLECTED, idOf } from './bodies.js';
import { aboutDocument, digestOf, DocumentWire } from './document-wire.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { asciiNeedle, digitNeedle, type Find, findIn, hanNeedle } from './needles.js';
import {
  clusterFiles,
  evidenceFiles,
  keyringFiles,
  objectFiles,
  redisValues,
  type Resting,
  tableRows,
} from './resting-places.js';
import { tally } from './tally.js';

const [ascii, han, digits] = [asciiNeedle(), hanNeedle(), digitNeedle()];
const NEEDLES = [ascii, han, digits];
const marked = (what: string) => `${what} ${ascii.text} ${han.text} ${digits.text}`;

const NOT_IN_NOTICE = ['G', 'J', 'K'];
const WRITABLE = ELEMENT_CODES.filter((code) =>
  ELEMENTS[code].categories.every((letter) => !NOT_IN_NOTICE.includes(letter)),
);

/** A person every value of whom holds the needles: names of members, deep values, long ones. */
const person = (externalId: string) => ({
  externalId,
  identities: [
    { type: 'EMAIL', value: `${externalId}@people.example` },
    { type: 'PHONE', value: `+${digits.text}` },
    { type: 'DOCUMENT_NUMBER', value: `${externalId}-${han.text}` },
  ],
  residency: 'US-CA',
  records: WRITABLE.map((element): { element: string; value: Json } & typeof COLLECTED => ({
    element,
    value: { [marked('member')]: [marked(element)], long: marked('long ').repeat(200) },
    ...COLLECTED,
  })),
});

describe('what a client sent', () => {
  let house: House;
  let bank: TestTenant;
  let monitor: Redis;
  const commands: string[] = [];
  const erased = `erased-${ascii.text}`;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    const redis = new Redis(house.redisUrl);
    monitor = await redis.monitor();
    redis.disconnect();
    monitor.on('monitor', (_: string, sent: string[]) => commands.push(JSON.stringify(sent)));
  });

  afterAll(async () => {
    monitor.disconnect();
    await house.stop();
  });

  async function* everything(): AsyncGenerator<Resting> {
    yield* clusterFiles(house);
    yield* tableRows(house);
    yield* keyringFiles(house);
    yield* objectFiles(house);
    yield* evidenceFiles(house);
    yield* redisValues(house);
    yield { place: 'commands to Redis', bytes: Buffer.from(commands.join('\n')) };
    yield { place: 'log lines', bytes: Buffer.from(house.logLines.join('')) };
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
    const refused = aDelete(
      { externalId: erased },
      { writing: { text: marked('why') }, verification: undefined },
    );
    await bank.post('/v1/instructions', refused).expect(409);
    return id;
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
    expect(commands.some((command) => command.includes(bank.tenantId))).toBe(true);
    await bank.get(`/v1/subjects/${id}`).expect(404);
    const receipt = await bank.get(`/v1/instructions/${instructionId}/receipt`).expect(200);
    const { entry, salt } = receipt.body as { entry: string; salt: string };
    expect([...evidenceFiles(house)].filter(({ bytes }) => bytes.includes(salt))).not.toEqual([]);
    const evidence = [receipt.text, Buffer.from(entry, 'base64').toString()];
    const { rows } = await house.owner.query<{ entry: Buffer }>('select entry from log_entry');
    for (const bytes of [...evidence.map((text) => Buffer.from(text)), ...rows.map((row) => row.entry)]) {
      expect(findIn('evidence', bytes, NEEDLES)).toEqual([]);
    }
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
      ]),
    );
    const inFile = finds.filter(({ place }) => place.startsWith('cluster base'));
    expect(new Set(inFile.map(({ spelling }) => spelling))).toEqual(
      new Set(NEEDLES.flatMap(({ spellings: all }) => [...all.keys()])),
    );
  });
});
