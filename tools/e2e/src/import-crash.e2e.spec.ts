import { expectLogIntact } from '@personr/audit/testing';
import { Tenancy } from '@personr/tenancy';
import { type ApiProcess, spawnApi } from './api-process.js';
import { anAdmission } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { type ImportAnswer, ImportExchange } from './import-exchange.js';
import { tally } from './tally.js';
import { RunningClock } from './running-clock.js';

const LINES = 300;
const KILLS = 2;
/** Identities and records of one line. */
const RECORDS = 6;

describe('an import whose api', () => {
  let house: House;
  let bank: TestTenant;
  let api: ApiProcess | undefined;
  const answered = new Map<number, string>();
  const lines = Array.from({ length: LINES }, (_, at) => ({
    key: `key-${at}`,
    ...anAdmission(`cust-${at}`),
  }));

  beforeAll(async () => {
    house = await startHouse({ clock: new RunningClock() });
    bank = await house.onboard('Bank');
  });

  afterAll(async () => {
    await api?.end('SIGKILL');
    await house.stop();
  });

  /** Sends everything and gives each answer to `onAnswer`. Returns what was answered before the connection broke. */
  const send = async (onAnswer: (answer: ImportAnswer) => void): Promise<ImportAnswer[]> => {
    const exchange = new ImportExchange(api?.url ?? '', bank);
    exchange.send(...lines).then(
      () => {
        exchange.end();
      },
      () => undefined,
    );
    const answers: ImportAnswer[] = [];
    try {
      for (let answer = await exchange.next(); answer !== undefined; answer = await exchange.next()) {
        answers.push(answer);
        onAnswer(answer);
      }
    } catch {
      // It was killed.
    }
    exchange.destroy();
    return answers;
  };

  /** Whatever was answered once stays answered so. */
  const remember = (answers: readonly ImportAnswer[]): void => {
    for (const { line, id } of answers) {
      if (line === undefined || id === undefined) continue;
      expect(answered.get(line) ?? id).toBe(id);
      answered.set(line, id);
    }
  };

  /** Sends everything, and kills the api when it has answered so many lines. */
  const sendAndKill = async (afterLine: number): Promise<readonly ImportAnswer[]> => {
    const killed = (api = await spawnApi(house));
    let ending: Promise<void> | undefined;
    const answers = await send(({ line = 0 }) => {
      if (line >= afterLine) ending ??= killed.end('SIGKILL');
    });
    await ending;
    return answers;
  };

  it('R-70: is killed again and again loses and doubles nothing, sent again', async () => {
    let interrupted = 0;
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const answers = await sendAndKill(Math.floor((LINES * kill) / (KILLS + 1)));
      if (answers.every(({ summary }) => summary === undefined)) interrupted += 1;
      remember(answers);
    }
    expect(interrupted).toBeGreaterThan(0);
    api = await spawnApi(house);
    const answers = await send(() => undefined);
    expect(answers.at(-1)?.summary).toMatchObject({ complete: true, lines: LINES, updated: 0, refused: 0 });
    remember(answers);
    expect(answered.size).toBe(LINES);
    const counts = await tally(house, bank);
    expect(counts).toMatchObject({ subjects: LINES, records: LINES * RECORDS });
    expect(counts.events['subject.admitted']).toBe(LINES);
    await expectLogIntact(house.api.get(Tenancy), bank.tenantId, bank.vkey);
  }, 600_000);

  it('is told to end says so, and ends', async () => {
    const going = (api ??= await spawnApi(house));
    const exchange = new ImportExchange(going.url, bank);
    await exchange.send({ key: 'last', externalId: 'last' });
    expect(await exchange.next()).toMatchObject({ line: 1, status: 201 });
    const ending = going.end('SIGTERM');
    expect(await exchange.rest()).toMatchObject([
      { summary: { complete: false, lines: 1, status: 503, code: 'SERVICE_UNAVAILABLE' } },
    ]);
    await ending;
  });
});
