import { survive } from './survivors.js';

const SECONDS = 45;

describe('creators and shredders in processes of their own, frozen and killed at any point', () => {
  it('R-60: no survivor is lost and nobody comes back', async () => {
    const survival = await survive({ seconds: SECONDS, seed: 20_261_125 });
    expect(survival).toMatchObject({ lost: 0, revived: 0 });
    expect(survival.made).toBeGreaterThan(100);
    expect(survival.shredded).toBeGreaterThan(10);
    expect(survival.crashes).toBeGreaterThan(10);
    expect(survival.freezes).toBeGreaterThan(10);
  }, 300_000);
});
