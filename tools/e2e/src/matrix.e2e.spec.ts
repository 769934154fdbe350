import { Chance } from './bad-case.js';
import { type MatrixHouse, startMatrixHouse } from './bad-house.js';
import { type Failure, type Good, isShapeless } from './bad-matrix.js';

/** Chooses which member, parameter or header of each kind is sent. `npm run test:long` sends them all. */
const SEED = 20_261_125;

/** Longer than it takes on a machine that is busy with much else. */
const PATIENCE_MS = 600_000;

const say = (line: string): void => void process.stderr.write(`matrix: ${line}\n`);

describe('the matrix of bad input, made from the contract', () => {
  let open: MatrixHouse;

  beforeAll(async () => {
    open = await startMatrixHouse();
  });

  afterAll(() => open.stop());

  it(
    'starts from requests of every operation that are as the contract says',
    async () => {
      const { matrix } = open;
      const good: Good[] = [];
      for (const operation of matrix.contract.operations) good.push(...(await matrix.good(operation)));
      const bad = good.filter(isShapeless);
      expect(bad.map(({ operation, status, code }) => `${operation.id} ${status} ${code}`)).toEqual([]);
      const done = good.filter(({ status }) => status < 400).length;
      say(`${done} of ${good.length} good requests are done, the others refused for what they ask`);
      expect(done).toBeGreaterThan(good.length / 2);
    },
    PATIENCE_MS,
  );

  it(
    'R-100: every operation refuses every kind of it, in time, quoting nothing and leaving nothing but entries',
    async () => {
      const { matrix } = open;
      const chance = new Chance(SEED);
      const failures: Failure[] = [];
      let sent = 0;
      for (const operation of matrix.contract.operations) {
        const kinds = [...(await matrix.casesOf(operation, chance)).values()].filter(
          ({ length }) => length > 0,
        );
        const cases = kinds.map((ofKind) => chance.pick(ofKind));
        sent += cases.length;
        failures.push(...(await matrix.run(cases)));
      }
      say(`seed ${SEED}, ${sent} cases`);
      expect(failures).toEqual([]);
      expect(sent).toBeGreaterThan(300);
    },
    PATIENCE_MS,
  );
});
