import { appendFileSync } from 'node:fs';

/** Which way a figure is good: of a time or a size less, of a rate more. */
export type Better = 'lower' | 'higher';

/**
 * One measured figure, as a line of JSON. `ratio` is value / baseline, whichever way is better; `target` is the most
 * that may be when lower is better, the least when higher is. `ok` is null without a target.
 */
export type Figure = {
  readonly bench: string;
  readonly case: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly better: Better;
  readonly target: number | null;
  readonly ok: boolean | null;
  readonly baseline: number | null;
  readonly ratio: number | null;
  readonly n: number;
};

/** What was measured, before it is judged. Lower is better unless it says otherwise. */
export type Measured = Omit<Figure, 'better' | 'ok' | 'ratio' | 'baseline' | 'target'> & {
  readonly better?: Better;
  readonly baseline?: number;
  readonly target?: number;
};

const round = (value: number): number => Number(value.toPrecision(4));

/** Judges a figure against its target and its baseline. The figure is judged as measured, not as rounded. */
export const judge = ({ baseline, target, better = 'lower', ...measured }: Measured): Figure => ({
  ...measured,
  value: round(measured.value),
  better,
  target: target ?? null,
  ok: target === undefined ? null : better === 'lower' ? measured.value <= target : measured.value >= target,
  baseline: baseline === undefined ? null : round(baseline),
  ratio: baseline === undefined ? null : round(measured.value / baseline),
});

/** The sample that `share` of all are below (0.5: the middle one). Throws for none. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((left, right) => left - right);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (found === undefined) throw new Error('a quantile needs a sample');
  return found;
}

/** The middle of the samples. Throws for none. */
export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** Prints a table for people on stderr and the figures as JSON lines on stdout, and adds those to `file`. */
export function report(environment: object, figures: readonly Figure[], file: string | undefined): void {
  const lines = [environment, ...figures].map((line) => JSON.stringify(line));
  console.log(lines.join('\n'));
  if (file !== undefined) appendFileSync(file, `${lines.join('\n')}\n`);
  const row = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(34) : cell.padStart(12))).join('');
  console.error(row(['', 'value', 'target', 'baseline', 'ratio', '']));
  for (const figure of figures) console.error(row(cellsOf(figure)));
}

const cellsOf = ({ better, target, baseline, ratio, ok, ...figure }: Figure): string[] => [
  `${figure.case}, ${figure.metric}`,
  `${figure.value} ${figure.unit}`,
  target === null ? '-' : `${better === 'lower' ? '<=' : '>='} ${target}`,
  baseline === null ? '-' : String(baseline),
  ratio === null ? '-' : `${ratio}x`,
  ok === null ? '' : ok ? 'ok' : 'MISSED',
];
