import { LaterCounts } from '@personr/audit';
import pg from 'pg';
import { MARKER, type Refusal, SUBJECTS } from './bad-requests.js';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { addressOf, type ImportAnswer, importAll, ImportExchange } from './import-exchange.js';
import { refusalsTold } from './refusals-told.js';
import { tally } from './tally.js';

const MANY = 2_000;
const aLine = (name: string, changes: object = {}) => ({
  key: `key-${name}`,
  ...anAdmission(name),
  ...changes,
});

const summaryOf = (answers: readonly ImportAnswer[]) => answers.at(-1)?.summary;
const resultsOf = (answers: readonly ImportAnswer[]) =>
  answers.slice(0, -1).map(({ line, status, code }) => [line, status, code]);

/** The code that a line answers for what a body answers. */
function codeOfLine([, , code, body]: Refusal): string {
  if (code === 'BODY_TOO_LARGE') return 'LINE_TOO_LONG';
  const isNoObject = Array.isArray(body) || (typeof body === 'string' && !body.startsWith('{'));
  return code === 'BODY_MALFORMED' || isNoObject ? 'LINE_MALFORMED' : code;
}

const lineOf = (body: unknown): object | string | Buffer =>
  typeof body !== 'object' || body === null || Array.isArray(body) || Buffer.isBuffer(body)
    ? Buffer.isBuffer(body) || typeof body === 'string'
      ? body
      : JSON.stringify(body)
    : { key: 'a-key', ...body };

describe('an import', () => {
  let house: House;
  let bank: TestTenant;
  let keystore: pg.Client;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    keystore = new pg.Client({ connectionString: house.databases.keystoreOwnerUrl });
    await keystore.connect();
  });

  afterAll(async () => {
    await keystore.end();
    await house.stop();
  });

  /** Everything there is of a tenant: rows, entries, keys, claimed identities, kept requests. */
  const everything = async (tenant: TestTenant) => {
    const { rows: keys } = await keystore.query<{ keys: number; claims: number }>(
      `select (select sum(cardinality(labels))::int from pack where tenant_id = $1) as keys,
              (select count(*)::int from index_entry where tenant_id = $1) as claims`,
      [tenant.tenantId],
    );
    const { rows: kept } = await house.owner.query<{ requests: number }>(
      'select count(*)::int as requests from idempotency where tenant_id = $1',
      [tenant.tenantId],
    );
    return { ...(await tally(house, tenant)), ...keys[0], ...kept[0] };
  };

  it('R-07: takes each line as POST /v1/subjects would, in order, and a stream sent again changes nothing', async () => {
    const isBad = (at: number) => at % 10 === 3;
    const lines = Array.from({ length: MANY }, (_, at) =>
      aLine(`many-${at}`, isBad(at) ? { externalId: 7 } : {}),
    );
    const before = await everything(bank);
    const first = await importAll(house, bank, lines);
    const expected = lines.map((_, at) =>
      isBad(at) ? [at + 1, 400, 'VALIDATION_FAILED'] : [at + 1, 201, undefined],
    );
    expect(resultsOf(first)).toEqual(expected);
    const counts = { complete: true, lines: MANY, updated: 0, refused: MANY / 10 };
    expect(summaryOf(first)).toEqual({ ...counts, created: MANY * 0.9, replayed: 0 });

    await house.api.get(LaterCounts).flush();
    const after = await everything(bank);
    expect(after.subjects - before.subjects).toBe(MANY * 0.9);
    expect(after.records - before.records).toBe(MANY * 0.9 * 6);
    // Of a flood of refusals the first ten have an entry each.
    expect(after.entries - before.entries).toBe(MANY * 0.9 + 10);
    expect(await refusalsTold(house, bank)).toBe(MANY / 10);
    expect(after.events['subject.admitted']).toBe(MANY * 0.9);

    const again = await importAll(house, bank, lines);
    expect(resultsOf(again)).toEqual(expected);
    expect(summaryOf(again)).toEqual({ ...counts, created: 0, replayed: MANY * 0.9 });
    const whatOf = ({ line, id, records }: ImportAnswer) => [line, id, records];
    expect(again.slice(0, -1).map(whatOf)).toEqual(first.slice(0, -1).map(whatOf));
    expect(await everything(bank)).toEqual(after);
  }, 240_000);

  it('answers a line before the next one is sent', async () => {
    const exchange = new ImportExchange(await addressOf(house), bank);
    const { statusCode, headers } = await exchange.head();
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'cache-control': 'private, no-store',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    for (const [at, name] of ['one', 'two', 'three'].entries()) {
      await exchange.send(aLine(`slow-${name}`));
      expect(await exchange.next()).toMatchObject({ line: at + 1, status: 201, replayed: false });
    }
    exchange.end();
    expect(await exchange.rest()).toMatchObject([{ summary: { complete: true, created: 3 } }]);
  });

  it('answers with what was taken in: ids and how values are classified, no value, no key', async () => {
    const [taken, bare, added] = await importAll(house, bank, [
      aLine('shown'),
      { key: 'key-bare', externalId: 'bare' },
      aLine('shown', { key: 'key-shown-2' }),
    ]);
    expect(taken).toEqual({
      line: 1,
      status: 201,
      id: expect.any(String) as string,
      createdAt: house.clock.now().toISOString(),
      records: anAdmission('x').records.map(({ element }) => ({
        id: expect.any(String) as string,
        element,
        categories: expect.any(Array) as string[],
      })),
      replayed: false,
    });
    expect(bare).not.toHaveProperty('records');
    expect(added).toMatchObject({ line: 3, status: 200, id: taken?.id, replayed: false });
    const opened = await bank
      .post(`/v1/subjects/${taken?.id ?? ''}/records/read`, { purpose: 'IDENTITY_VERIFICATION' })
      .expect(200);
    expect((opened.body as { records: unknown[] }).records).toHaveLength(6 + 4);
  });

  describe('R-100: a line that is refused spoils no other', () => {
    it.each(SUBJECTS)('for %s (%i %s as a body)', async (what, status, code, body) => {
      const name = what.replaceAll(/\W/g, '-');
      const before = await everything(bank);
      await house.api.get(LaterCounts).flush();
      const toldBefore = await refusalsTold(house, bank);
      const answers = await importAll(house, bank, [aLine(`a-${name}`), lineOf(body), aLine(`b-${name}`)]);
      expect(answers.map(({ line, code }) => [line, code])).toEqual([
        [1, undefined],
        [2, codeOfLine([what, status, code, body])],
        [3, undefined],
        [undefined, undefined],
      ]);
      expect(summaryOf(answers)).toMatchObject({ complete: true, created: 2, refused: 1 });
      expect(JSON.stringify(answers).toLowerCase()).not.toContain(MARKER.toLowerCase());
      const after = await everything(bank);
      expect(after).toMatchObject({
        subjects: before.subjects + 2,
        records: before.records + 12,
        events: { 'subject.admitted': (before.events['subject.admitted'] ?? 0) + 2 },
        requests: (before.requests ?? 0) + 2,
      });
      await house.api.get(LaterCounts).flush();
      expect((await refusalsTold(house, bank)) - toldBefore).toBe(1);
    });

    it.each([
      ['missing', undefined],
      ['empty', ''],
      ['with blanks', `${MARKER} blank`],
      ['of 256 characters', 'x'.repeat(256)],
      ['beyond ASCII', `${MARKER}é`],
      ['a number', 7],
    ])('for a key that is %s', async (_, key) => {
      const [answer] = await importAll(house, bank, [{ ...anAdmission('no-key'), key }]);
      expect(answer).toMatchObject({ status: 400, code: 'VALIDATION_FAILED', errors: [{ pointer: '/key' }] });
      expect(JSON.stringify(answer)).not.toContain(MARKER);
    });

    it('and nothing of it is logged', () => {
      const quotes = house.logLines.filter((line) => line.toLowerCase().includes(MARKER.toLowerCase()));
      expect(quotes).toEqual([]);
    });
  });

  it('R-07: replays a key with the same line and refuses it with another, in one stream and across two', async () => {
    const one = aLine('twice');
    const other = aLine('twice', { residency: 'US-NV' });
    const answers = await importAll(house, bank, [one, one, other, aLine('else'), one]);
    const [first] = answers;
    const replay = { status: 201, id: first?.id, replayed: true };
    const conflict = { status: 409, code: 'IDEMPOTENCY_CONFLICT' };
    expect(answers).toMatchObject([
      { status: 201, replayed: false },
      replay,
      conflict,
      { status: 201, replayed: false },
      replay,
      { summary: { created: 2, replayed: 2, refused: 1 } },
    ]);
    expect(await importAll(house, bank, [other, one])).toMatchObject([conflict, replay, {}]);
  });

  it('R-07: is the same request as POST /v1/subjects with that key, either way', async () => {
    const { key, ...body } = aLine('either');
    const [imported] = await importAll(house, bank, [{ ...body, key }]);
    const posted = await bank.post('/v1/subjects', body, { 'Idempotency-Key': key }).expect(201);
    expect([idOf(posted), posted.headers['idempotency-replayed']]).toEqual([imported?.id, 'true']);
    const { key: second, ...more } = aLine('or');
    const created = await bank.post('/v1/subjects', more, { 'Idempotency-Key': second }).expect(201);
    const [replayed] = await importAll(house, bank, [{ ...more, key: second }]);
    expect(replayed).toMatchObject({ status: 201, id: idOf(created), replayed: true });
  });

  it('takes lines about one person in the order in which they stand', async () => {
    const names = Array.from({ length: 90 }, (_, at) => `order-${at % 3}`);
    const answers = await importAll(
      house,
      bank,
      names.map((externalId, at) => ({ key: `order-key-${at}`, externalId })),
    );
    expect(resultsOf(answers).map(([, status]) => status)).toEqual(
      names.map((_, at) => (at < 3 ? 201 : 200)),
    );
    expect(summaryOf(answers)).toMatchObject({ created: 3, updated: 87 });
  });

  it('R-01: leaves another tenant as it was, whose keys and external ids are its own', async () => {
    const other = await house.onboard('Other bank');
    await importAll(house, other, [aLine('theirs')]);
    const before = await everything(other);
    const [ours] = await importAll(house, bank, [aLine('theirs', { residency: 'US-NV' })]);
    expect(ours).toMatchObject({ status: 201, replayed: false });
    expect(await everything(other)).toEqual(before);
    await other.get(`/v1/subjects/${ours?.id ?? ''}`).expect(404);
  });

  it('R-60, R-65: refuses a person who is being erased, and one who was erased and has agreed to nothing since', async () => {
    const answers = await importAll(house, bank, [aLine('going'), aLine('gone')]);
    const mark = 'update subject set erasing_by = $2 where id = $1';
    await house.owner.query(mark, [answers[0]?.id, answers[0]?.id]);
    const order = await bank.post('/v1/instructions', aDelete({ externalId: 'gone' })).expect(202);
    await house.ended(bank, idOf(order));
    const [going, gone, replayed, unknown] = await importAll(house, bank, [
      aLine('going', { key: 'key-going-2' }),
      aLine('gone', { key: 'key-gone-2' }),
      aLine('gone'),
      aLine('still-good'),
    ]);
    expect(going).toMatchObject({ status: 409, code: 'SUBJECT_BEING_ERASED' });
    expect(gone).toMatchObject({ status: 409, code: 'SUPPRESSED_REINGEST' });
    expect(replayed).toMatchObject({ status: 404, code: 'SUBJECT_NOT_FOUND' });
    expect(unknown).toMatchObject({ status: 201 });
  });
});
