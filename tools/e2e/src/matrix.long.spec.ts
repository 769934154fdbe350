import { type Case, Chance } from './bad-case.js';
import { type MatrixHouse, startMatrixHouse } from './bad-house.js';
import { type Failure } from './bad-matrix.js';

const MINUTES = Number(process.env.PERSONR_LONG_MINUTES ?? 10);
/** The seed of the first round; each round has the next one. */
const SEED = Number(process.env.PERSONR_LONG_SEED === '' ? 1 : (process.env.PERSONR_LONG_SEED ?? 1));
const SAY_EVERY_MS = 10_000;
const A_ROUND = 60;

const say = (line: string): void => void process.stderr.write(`matrix: ${line}\n`);

/** Sends cases in rounds and keeps count. */
class Rounds {
  sent = 0;
  readonly failures: Failure[] = [];
  private saidAt = performance.now();

  constructor(private readonly open: MatrixHouse) {}

  /** Every case there is, operation by operation. */
  async all(): Promise<void> {
    for (const operation of this.open.matrix.contract.operations) {
      const kinds = await this.open.matrix.casesOf(operation, new Chance(SEED));
      for (const cases of kinds.values()) await this.send(cases, `every case of ${operation.id}`);
    }
  }

  /** Some cases of one operation, chosen by the seed. */
  async one(seed: number): Promise<void> {
    const chance = new Chance(seed);
    const operation = chance.pick(this.open.matrix.contract.operations);
    const cases = [...(await this.open.matrix.casesOf(operation, chance)).values()].flat();
    await this.send(
      Array.from({ length: A_ROUND }, () => chance.pick(cases)),
      `seed ${seed}`,
    );
  }

  private async send(cases: readonly Case[], round: string): Promise<void> {
    const failures = await this.open.matrix.run(cases);
    this.sent += cases.length;
    this.failures.push(...failures);
    for (const { what, fault } of failures) say(`FAILED ${round}: ${fault}   <<<   ${what}`);
    if (performance.now() < this.saidAt + SAY_EVERY_MS) return;
    this.saidAt = performance.now();
    // What is logged is looked through once, and would fill the memory.
    this.open.house.logLines.length = 0;
    say(`${round}, ${this.sent} cases, ${this.failures.length} failed`);
  }
}

describe('the matrix of bad input, made from the contract, in full', () => {
  let open: MatrixHouse;

  beforeAll(async () => {
    open = await startMatrixHouse();
  });

  afterAll(() => open.stop());

  it(
    'R-100: every case is refused as it must be, and so are random ones for as long as they are wanted',
    async () => {
      const rounds = new Rounds(open);
      if (MINUTES > 0) await rounds.all();
      const until = performance.now() + MINUTES * 60_000;
      let seed = SEED;
      do await rounds.one(seed++);
      while (performance.now() < until);
      say(`seeds ${SEED} to ${seed - 1}, ${rounds.sent} cases, ${rounds.failures.length} failed`);
      expect(rounds.failures).toEqual([]);
    },
    (MINUTES + 60) * 60_000,
  );
});
