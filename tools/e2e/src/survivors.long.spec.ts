import { survive } from './survivors.js';

const MINUTES = Math.max(1, Number(process.env.PERSONR_LONG_MINUTES ?? 10));
const SEED = Number(process.env.PERSONR_LONG_SEED === '' ? 1 : (process.env.PERSONR_LONG_SEED ?? 1));

describe('creators and shredders in processes of their own, for as long as is wanted', () => {
  it(
    'R-60: no survivor is lost and nobody comes back',
    async () => {
      const survival = await survive({ seconds: MINUTES * 60, seed: SEED });
      process.stderr.write(`survivors: ${JSON.stringify(survival)}\n`);
      expect(survival).toMatchObject({ lost: 0, revived: 0 });
    },
    (MINUTES + 60) * 60_000,
  );
});
