import { ExportPlaces } from './export-places.js';

describe('places for exports', () => {
  it('are so many in each lane, and free again when one ended, however', async () => {
    const places = new ExportPlaces({ URGENT: 1, INTERACTIVE: 2, BULK: 1 });
    const ends: (() => void)[] = [];
    const begin = (lane: 'INTERACTIVE' | 'BULK') =>
      places.within(lane, () => new Promise<void>((resolve) => ends.push(resolve)));
    const first = [begin('INTERACTIVE'), begin('INTERACTIVE'), begin('BULK')];
    expect(await begin('INTERACTIVE')).toBe(false);
    expect(await begin('BULK')).toBe(false);
    expect(await places.within('URGENT', () => Promise.resolve())).toBe(true);
    const failed = places.within('URGENT', () => Promise.reject(new Error('no')));
    await expect(failed).rejects.toThrow('no');
    expect(await places.within('URGENT', () => Promise.resolve())).toBe(true);
    for (const end of ends) end();
    expect(await Promise.all(first)).toEqual([true, true, true]);
    expect(await places.within('INTERACTIVE', () => Promise.resolve())).toBe(true);
  });

  it('are as many as come when nobody says', async () => {
    const places = new ExportPlaces(undefined);
    expect(
      await places.within('BULK', () => places.within('BULK', () => Promise.resolve()).then(() => undefined)),
    ).toBe(true);
  });
});
