import { createHash } from 'node:crypto';
import { RegisterApiClient } from '@personr/access';
import { BatchLimits } from '@personr/api';
import { expectLogIntact } from '@personr/audit/testing';
import { createPersonrClient, type OrderLine, type OrderResult } from '@personr/client';
import { Tenancy } from '@personr/tenancy';
import { waitFor } from '@personr/testkit';
import { type ApiProcess, spawnApi } from './api-process.js';
import { type BatchAnswer, BatchExchange, sendBatch } from './batch-exchange.js';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { type House, startHouse, tenantOf, type TestTenant } from './house.js';
import { importAll } from './import-exchange.js';
import { addressOf } from './line-exchange.js';
import { tally } from './tally.js';
import { RunningClock } from './running-clock.js';

const LINES = 2000;
const HELD = 200;

const order = (at: number, changes: object = {}) => ({
  key: `order-${at}`,
  ...aDelete({ externalId: `cust-${at}` }, changes),
});

const digestOf = (lines: readonly object[]): string => {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  return `sha-256=:${createHash('sha256').update(text).digest('base64')}:`;
};

const summaryOf = (answers: readonly BatchAnswer[]) => answers.at(-1)?.summary;
const idsOf = (answers: readonly BatchAnswer[]) => answers.flatMap(({ id }) => id ?? []);

describe('a batch of orders', () => {
  let house: House;
  let bank: TestTenant;
  let market: TestTenant;

  beforeAll(async () => {
    house = await startHouse({ worker: false, clock: new RunningClock() });
    market = await house.onboard('Market');
  });

  beforeEach(async () => {
    bank = await house.onboard('Bank');
  });

  afterAll(() => house.stop());

  const admitted = async (count: number, tenant = bank): Promise<string[]> => {
    const lines = Array.from({ length: count }, (_, at) => ({
      key: `row-${at}`,
      ...anAdmission(`cust-${at}`),
    }));
    return (await importAll(house, tenant, lines)).flatMap(({ id }) => id ?? []);
  };
  const rowsOf = async (sql: string, tenant = bank): Promise<Record<string, unknown>[]> =>
    (await house.owner.query<Record<string, unknown>>(sql, [tenant.tenantId])).rows;
  const countOf = async (sql: string, tenant = bank): Promise<number> =>
    Number((await rowsOf(`select count(*)::int as n from ${sql}`, tenant))[0]?.n);
  const INSTRUCTIONS = 'instruction where tenant_id = $1';
  const fresh = async (count: number) => {
    const answers = await sendBatch(
      house,
      bank,
      Array.from({ length: count }, (_, at) => order(at)),
    );
    expect(summaryOf(answers)).toMatchObject({ complete: true, accepted: count });
    return answers;
  };

  it('R-100: answers 2,000 lines in order, and a bad one spoils no other', async () => {
    await admitted(HELD);
    const [foreign = ''] = await admitted(1, market);
    const lines: (object | string)[] = Array.from({ length: LINES }, (_, at) => order(at));
    const bad = new Map<number, readonly [object | string, string]>([
      [10, ['{"key":', 'LINE_MALFORMED']],
      [500, [{ ...order(500), unheard: 1 }, 'UNKNOWN_MEMBER']],
      [501, [order(501, { basis: 'WHIM' }), 'VALIDATION_FAILED']],
      [502, [order(502, { subject: { id: foreign } }), 'SUBJECT_NOT_FOUND']],
      [503, [order(503, { verification: undefined }), 'NOT_VERIFIED']],
      [504, [order(504, { writing: undefined }), 'INSTRUCTION_NOT_WRITTEN']],
      [505, [{ ...order(505), key: 'two words' }, 'VALIDATION_FAILED']],
      [1500, [{ ...order(1500), key: 'order-3' }, 'IDEMPOTENCY_CONFLICT']],
      [1999, [order(1999, { type: 'CORRECT' }), 'TYPE_NOT_ENABLED']],
    ]);
    for (const [at, [line]] of bad) lines[at] = line;
    lines[1000] = order(7);
    const answers = await sendBatch(house, bank, lines);
    expect(answers.slice(0, -1).map(({ line }) => line)).toEqual(lines.map((_, at) => at + 1));
    expect(answers.slice(0, -1).map(({ code, state }) => code ?? state)).toEqual(
      lines.map((_, at) => bad.get(at)?.[1] ?? (at < HELD || at === 1000 ? 'APPROVED' : 'NO_DATA')),
    );
    expect(answers[501]?.errors).toMatchObject([{ pointer: '/basis' }]);
    expect(answers[1000]).toMatchObject({ id: answers[7]?.id, replayed: true });
    const accepted = LINES - bad.size - 1;
    const refused = bad.size;
    expect(summaryOf(answers)).toEqual({
      complete: true,
      lines: LINES,
      accepted,
      alreadyErased: 0,
      replayed: 1,
      refused,
    });
    expect(await countOf(INSTRUCTIONS)).toBe(accepted);
    expect(await countOf(`work where tenant_id = $1 and lane = 'BULK'`)).toBe(accepted);
    expect(await countOf('audit_outbox where tenant_id = $1')).toBeGreaterThanOrEqual(
      accepted + refused + HELD,
    );

    const again = await sendBatch(house, bank, lines);
    expect(summaryOf(again)).toMatchObject({ accepted: 0, replayed: accepted + 1, refused });
    expect(idsOf(again)).toEqual(idsOf(answers));
    expect(await countOf(INSTRUCTIONS)).toBe(accepted);
  }, 300_000);

  it('R-07: broken off and sent again, answers the same instructions and doubles nothing', async () => {
    const lines = Array.from({ length: LINES }, (_, at) => order(at));
    const exchange = new BatchExchange(await addressOf(house), bank);
    void exchange.send(...lines).catch(() => undefined);
    const seen: BatchAnswer[] = [];
    while (seen.length < 700) seen.push((await exchange.next()) ?? {});
    exchange.destroy();
    const answers = await sendBatch(house, bank, lines);
    expect(summaryOf(answers)).toMatchObject({ complete: true, lines: LINES, refused: 0 });
    expect(summaryOf(answers)?.replayed).toBeGreaterThanOrEqual(seen.length);
    expect(idsOf(answers).slice(0, seen.length)).toEqual(idsOf(seen));
    expect(new Set(idsOf(answers)).size).toBe(LINES);
    expect(await countOf(INSTRUCTIONS)).toBe(LINES);
  }, 300_000);

  it('waits for a sender who pauses, is told apart from one who is gone, and goes on after a break', async () => {
    const limits = house.api.get(BatchLimits);
    const { idleMilliseconds } = limits;
    const exchange = new BatchExchange(await addressOf(house), bank);
    await exchange.send(order(1));
    expect(await exchange.next()).toMatchObject({ line: 1, status: 202 });
    limits.idleMilliseconds = 50;
    const silent = new BatchExchange(await addressOf(house), bank);
    await silent.send(order(2));
    expect(await silent.rest()).toMatchObject([
      { line: 1, status: 202 },
      { summary: { complete: false, status: 408, code: 'STREAM_IDLE' } },
    ]);
    silent.destroy();
    limits.idleMilliseconds = idleMilliseconds;
    await exchange.send(order(2), order(3));
    exchange.end();
    expect(await exchange.rest()).toMatchObject([
      { line: 2, replayed: true },
      { line: 3, replayed: false },
      { summary: { complete: true, accepted: 2, replayed: 1 } },
    ]);
  });

  it('has as many lines as it may, and says so of the one after', async () => {
    const limits = house.api.get(BatchLimits);
    limits.mostLines = 3;
    const lines = [0, 1, 2, 3, 4].map((at) => order(at));
    const answers = await sendBatch(house, bank, lines);
    limits.mostLines = 100_000;
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, undefined]);
    expect(summaryOf(answers)).toMatchObject({
      complete: false,
      lines: 3,
      status: 413,
      code: 'BATCH_TOO_LARGE',
    });
    expect(summaryOf(await sendBatch(house, bank, lines))).toMatchObject({
      complete: true,
      replayed: 3,
      accepted: 2,
    });
  });

  it('is sent by the client in as many streams as it needs, each order once and answered in order', async () => {
    const { clientId, clientSecret } = bank;
    const personr = createPersonrClient({
      baseUrl: await addressOf(house),
      clientId,
      clientSecret,
      clock: house.clock,
    });
    const limits = house.api.get(BatchLimits);
    limits.mostLines = 3;
    const bad = { ...order(4), basis: 'WHIM' };
    const lines = [order(0), order(1), order(2), order(3), bad, order(5), order(6)] as OrderLine[];
    const results: OrderResult[] = [];
    for await (const result of personr.forwardInstructions(lines)) results.push(result);
    limits.mostLines = 100_000;
    const expected = lines.map((_, at) => [at + 1, at === 4 ? 400 : 202]);
    expect(results.map(({ line, status }) => [line, status])).toEqual(expected);
    expect(await countOf(INSTRUCTIONS)).toBe(6);
  });

  it('R-07: is a line as it is a POST with its key: either replays the other', async () => {
    const { key, ...body } = order(1);
    const alone = await bank.post('/v1/instructions', body, { 'Idempotency-Key': key }).expect(202);
    const [line] = await sendBatch(house, bank, [order(1)]);
    expect(line).toMatchObject({ id: idOf(alone), replayed: true });
    const [batched] = await sendBatch(house, bank, [order(2)]);
    const { key: second, ...other } = order(2);
    const again = await bank.post('/v1/instructions', other, { 'Idempotency-Key': second }).expect(202);
    expect([idOf(again), again.headers['idempotency-replayed']]).toEqual([batched?.id, 'true']);
  });

  it('is known as a whole by its key and its digest', async () => {
    const lines = [order(1), order(2)];
    const named = (digest: string) => ({ 'idempotency-key': 'whole', 'content-digest': digest });
    const url = await addressOf(house);
    const refusal = async (headers: object) => {
      const exchange = new BatchExchange(url, bank, headers);
      const { statusCode, headers: told } = await exchange.head();
      exchange.destroy();
      return [statusCode, told['content-type']];
    };
    const PROBLEM = 'application/problem+json; charset=utf-8';
    expect(await refusal({ 'idempotency-key': 'whole' })).toEqual([400, PROBLEM]);
    expect(await refusal({ 'content-digest': 'sha-256=:none:' })).toEqual([400, PROBLEM]);
    const first = await sendBatch(house, bank, lines, named(digestOf(lines)));
    expect(summaryOf(first)).toMatchObject({ complete: true, accepted: 2 });
    expect(await refusal(named(digestOf([order(1)])))).toEqual([409, PROBLEM]);
    const exchange = new BatchExchange(url, bank, named(digestOf(lines)));
    await exchange.send(...lines);
    exchange.end();
    expect((await exchange.head()).headers['idempotency-replayed']).toBe('true');
    const again = await exchange.rest();
    expect(summaryOf(again)).toMatchObject({ complete: true, accepted: 0, replayed: 2 });
    expect(idsOf(again)).toEqual(idsOf(first));
    const other = { 'idempotency-key': 'other', 'content-digest': digestOf(lines) };
    expect(summaryOf(await sendBatch(house, bank, [order(1)], other))).toMatchObject({
      complete: false,
      status: 422,
      code: 'DIGEST_MISMATCH',
    });
  });

  it('R-07: is answered once at a time under its key; broken off, it goes on', async () => {
    const lines = [order(1), order(2)];
    const headers = { 'idempotency-key': 'whole', 'content-digest': digestOf(lines) };
    const url = await addressOf(house);
    const first = new BatchExchange(url, bank, headers);
    await first.send(lines[0]!);
    expect(await first.next()).toMatchObject({ line: 1, status: 202 });
    const second = new BatchExchange(url, bank, headers);
    const head = await second.head();
    expect(head.statusCode).toBe(409);
    const [problem] = (await second.rest()) as { code?: string }[];
    expect(problem?.code).toBe('IDEMPOTENCY_IN_PROGRESS');
    second.destroy();
    first.destroy();
    const again = await waitFor(
      async () => {
        const exchange = new BatchExchange(url, bank, headers);
        if ((await exchange.head()).statusCode === 409) {
          exchange.destroy();
          return undefined;
        }
        await exchange.send(...lines);
        exchange.end();
        return exchange.rest();
      },
      { what: 'the place of the broken batch', timeoutMs: 10_000 },
    );
    expect(summaryOf(again)).toMatchObject({ complete: true, accepted: 1, replayed: 1 });
  });

  it('R-05: lets in whom the single route lets in: the scope, the type of body, the instructor line by line', async () => {
    const url = await addressOf(house);
    const statusOf = async (tenant: Pick<TestTenant, 'token'>, headers: object = {}) => {
      const exchange = new BatchExchange(url, tenant, headers);
      const { statusCode } = await exchange.head();
      exchange.destroy();
      return statusCode;
    };
    expect(await statusOf({ token: 'none' })).toBe(401);
    expect(await statusOf(bank, { 'content-type': 'application/json' })).toBe(415);
    const register = house.api.get(RegisterApiClient);
    const credential = await house.api
      .get(Tenancy)
      .forTenant(bank.tenantId, (tx) => register.run(tx, { name: 'reader', scopes: ['instructions:read'] }));
    expect(await statusOf(await tenantOf(house.http, { ...bank, ...credential }))).toBe(403);
    const unknown = '01936d2b-8b1c-7abc-8def-0123456789ab';
    const [, refused] = await sendBatch(house, bank, [
      order(1),
      order(2, { writing: { instructorId: unknown, text: 'Erase.' } }),
    ]);
    expect(refused).toMatchObject({ status: 403, code: 'INSTRUCTOR_NOT_AUTHORISED' });
  });

  it('goes behind what comes alone, and lets urgent ones by', async () => {
    await admitted(HELD);
    await fresh(LINES);
    const alone = idOf(await bank.post('/v1/instructions', aDelete({ externalId: 'nobody' })).expect(202));
    const urgent = idOf(
      await bank.post('/v1/instructions', aDelete({ externalId: 'cust-1' }, { urgent: true })).expect(202),
    );
    const [line] = await sendBatch(house, bank, [order(LINES, { urgent: true })]);
    await house.startWorker();
    await house.ended(bank, urgent);
    await waitFor(async () => (await countOf(`${INSTRUCTIONS} and finished_at is null`)) === 0, {
      what: 'every instruction to end',
      timeoutMs: 240_000,
    });
    await house.stopWorker();
    const ended = await rowsOf('select id from instruction where tenant_id = $1 order by finished_at, id');
    const place = (id: string | undefined) => ended.findIndex((row) => row.id === id);
    for (const id of [urgent, line?.id, alone]) {
      expect(place(id)).toBeGreaterThanOrEqual(0);
      expect(place(id)).toBeLessThan(LINES / 2);
    }
  }, 400_000);
});

describe('a batch whose api is killed', () => {
  let house: House;
  let bank: TestTenant;
  let api: ApiProcess | undefined;

  beforeAll(async () => {
    house = await startHouse({ clock: new RunningClock() });
    bank = await house.onboard('Bank');
  });

  afterAll(async () => {
    await api?.end('SIGKILL');
    await house.stop();
  });

  /** What each line was answered with, in whichever batch. It stays so. */
  const known = new Map<number, string>();
  const remember = (answers: readonly BatchAnswer[]): void => {
    for (const { line, id } of answers) {
      if (line === undefined || id === undefined) continue;
      expect(known.get(line) ?? id).toBe(id);
      known.set(line, id);
    }
  };

  /** Sends everything, and kills the api when it has answered so many lines. Returns what it had answered. */
  const sendAndKill = async (lines: readonly object[], killAt: number): Promise<BatchAnswer[]> => {
    const killed = (api = await spawnApi(house));
    const exchange = new BatchExchange(killed.url, bank);
    void exchange.send(...lines).catch(() => undefined);
    const answers: BatchAnswer[] = [];
    let ending: Promise<void> | undefined;
    try {
      for (let answer = await exchange.next(); answer !== undefined; answer = await exchange.next()) {
        answers.push(answer);
        if (answers.length >= killAt) ending ??= killed.end('SIGKILL');
      }
    } catch {
      // It was killed.
    }
    exchange.destroy();
    await ending;
    return answers;
  };

  it('R-70: is whole when it is sent again: each order once, with one entry and one receipt', async () => {
    const lines = Array.from({ length: LINES }, (_, at) => order(at));
    for (const killAt of [300, 1200]) remember(await sendAndKill(lines, killAt));
    expect(known.size).toBeGreaterThan(0);
    expect(known.size).toBeLessThan(LINES);
    api = await spawnApi(house);
    const exchange = new BatchExchange(api.url, bank);
    const sending = exchange.send(...lines).then(() => {
      exchange.end();
    });
    const answers = await exchange.rest();
    await sending;
    expect(summaryOf(answers)).toMatchObject({ complete: true, lines: LINES, refused: 0 });
    remember(answers);
    await waitFor(
      async () => {
        const { rows } = await house.owner.query<{ n: number }>(
          'select count(*)::int as n from instruction where tenant_id = $1 and finished_at is null',
          [bank.tenantId],
        );
        return rows[0]?.n === 0;
      },
      { what: 'every instruction to end', timeoutMs: 120_000 },
    );
    const counts = await tally(house, bank);
    expect(counts).toMatchObject({ instructions: LINES, work: LINES, receipts: LINES });
    expect(counts.events).toMatchObject({ 'instruction.accepted': LINES, 'instruction.closed': LINES });
    await expectLogIntact(house.api.get(Tenancy), bank.tenantId, bank.vkey);
  }, 400_000);
});
