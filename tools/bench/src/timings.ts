import { type Figure, judge, median, quantile } from './figure.js';

/** Runs an act and says how long it took, in milliseconds. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

/** What times are called and judged by. */
export type TimesOf = {
  readonly case: string;
  readonly p50?: number;
  readonly p99?: number;
  /** The same on plain SQL, taken in turn. */
  readonly against?: readonly number[];
};

/** The middle and the worst of a hundred of these times, in milliseconds. */
export function timesOf(
  bench: string,
  samples: readonly number[],
  { p50, p99, against, ...name }: TimesOf,
): Figure[] {
  const common = { bench, case: name.case, unit: 'ms', n: samples.length };
  const target = (limit: number | undefined) => (limit === undefined ? {} : { target: limit });
  return [
    judge({
      ...common,
      metric: 'p50',
      value: median(samples),
      ...target(p50),
      ...(against === undefined ? {} : { baseline: median(against) }),
    }),
    judge({
      ...common,
      metric: 'p99',
      value: quantile(samples, 0.99),
      ...target(p99),
      ...(against === undefined ? {} : { baseline: quantile(against, 0.99) }),
    }),
  ];
}

/** Runs `work` for each item, so many at a time, and resolves when all are done. */
export async function each<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
