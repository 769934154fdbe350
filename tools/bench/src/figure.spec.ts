import { judge, median, quantile } from './figure.js';

const measured = { bench: 'intake', case: 'import', metric: 'rate', unit: 'subjects/s', n: 3 };

describe('a figure', () => {
  it('with a target is kept from above where lower is better, which it is unless said', () => {
    const time = (value: number) => judge({ ...measured, value, target: 15 });
    expect([time(14.9), time(15), time(15.0001)].map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(time(1).better).toBe('lower');
  });

  it('with a target is kept from below where higher is better', () => {
    const rate = (value: number) => judge({ ...measured, better: 'higher', value, target: 1000 });
    expect([rate(999.9999), rate(1000), rate(1001)].map(({ ok }) => ok)).toEqual([false, true, true]);
    expect(rate(999.9999).value).toBe(1000);
  });

  it('is compared with its baseline by the same division whichever way is better', () => {
    expect(judge({ ...measured, value: 30, baseline: 20 })).toMatchObject({
      ratio: 1.5,
      ok: null,
      target: null,
    });
    expect(judge({ ...measured, better: 'higher', value: 500, baseline: 2000 }).ratio).toBe(0.25);
    expect(judge({ ...measured, value: 1 })).toMatchObject({ ratio: null, baseline: null });
  });

  it('of many samples is the one that a share of them lies below', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
    expect([median(hundred), quantile(hundred, 0.95), quantile(hundred, 1)]).toEqual([51, 96, 100]);
    expect(() => median([])).toThrow('needs a sample');
  });
});
