import { createPersonrClient, type ImportLine, type PersonrClient, PersonrProblem } from '@personr/client';
import { anAdmission } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { addressOf } from './import-exchange.js';

const TEN_MINUTES = 600_000;
const aLine = (name: string): ImportLine => ({ key: `key-${name}`, ...anAdmission(name) }) as ImportLine;

describe('an import by the client', () => {
  let house: House;
  let bank: TestTenant;
  let personr: PersonrClient;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    const { clientId, clientSecret } = bank;
    personr = createPersonrClient({
      baseUrl: await addressOf(house),
      clientId,
      clientSecret,
      clock: house.clock,
    });
  });

  afterAll(() => house.stop());

  /** Gives lines one by one, each after the answer to the one before. Returns the answers. */
  const oneByOne = async (names: readonly string[], beforeEach: (at: number) => void = () => undefined) => {
    const answers: { line: number; status: number }[] = [];
    let answered: () => void = () => undefined;
    async function* lines() {
      for (const [at, name] of names.entries()) {
        beforeEach(at);
        const answer = new Promise<void>((resolve) => (answered = resolve));
        yield aLine(name);
        await answer;
      }
    }
    for await (const { line, status } of personr.importSubjects(lines())) {
      answers.push({ line, status });
      answered();
    }
    return answers;
  };

  it('yields what came of a line while the next is still to come', async () => {
    expect(await oneByOne(['a', 'b', 'c'])).toEqual([1, 2, 3].map((line) => ({ line, status: 201 })));
  });

  it('goes on in a new stream when its token ends, and takes nobody in twice', async () => {
    const answers = await oneByOne(['d', 'e', 'f'], (at) => {
      if (at === 1) house.clock.advance(TEN_MINUTES);
    });
    expect(answers).toEqual([1, 2, 3].map((line) => ({ line, status: 201 })));
  });

  it('yields a refusal as what came of a line', async () => {
    const bad = { key: 'bad', externalId: '' };
    const results = [];
    for await (const result of personr.importSubjects([bad, aLine('g')])) results.push(result);
    expect(results).toMatchObject([
      { line: 1, code: 'VALIDATION_FAILED' },
      { line: 2, status: 201 },
    ]);
  });

  it('throws what the lines threw, and what a refused client is told', async () => {
    const broken = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no file')) }),
    };
    await expect(personr.importSubjects(broken).next()).rejects.toThrow('no file');
    const { clientId } = bank;
    const stranger = createPersonrClient({
      baseUrl: await addressOf(house),
      clientId,
      clientSecret: 'not-the-secret',
      clock: house.clock,
    });
    await expect(stranger.importSubjects([aLine('h')]).next()).rejects.toThrow(PersonrProblem);
  });
});
