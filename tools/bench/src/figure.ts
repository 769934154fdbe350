import { appendFileSync } from 'node:fs';

/** One measured figure, as a line of JSON. `ratio` is value / baseline; `ok` is null without a target. */
export type Figure = {
  readonly bench: string;
  readonly case: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number | null;
  readonly ok: boolean | null;
  readonly baseline: number | null;
  readonly ratio: number | null;
  readonly n: number;
};

/** What was measured, before it is judged. Lower is better for every figure of this bench. */
export type Measured = Omit<Figure, 'ok' | 'ratio' | 'baseline' | 'target'> & {
  readonly baseline?: number;
  readonly target?: number;
};

const round = (value: number): number => Number(value.toPrecision(4));

/** Judges a figure against its target and its baseline. */
export const judge = ({ baseline, target, ...measured }: Measured): Figure => ({
  ...measured,
  value: round(measured.value),
  target: target ?? null,
  ok: target === undefined ? null : measured.value <= target,
  baseline: baseline === undefined ? null : round(baseline),
  ratio: baseline === undefined ? null : round(measured.value / baseline),
});

/** The middle of the samples. Throws for none. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((left, right) => left - right);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('a median needs a sample');
  return middle;
}

/** Prints a table for people on stderr and the figures as JSON lines on stdout, and adds those to `file`. */
export function report(environment: object, figures: readonly Figure[], file: string | undefined): void {
  const lines = [environment, ...figures].map((line) => JSON.stringify(line));
  console.log(lines.join('\n'));
  if (file !== undefined) appendFileSync(file, `${lines.join('\n')}\n`);
  const row = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(34) : cell.padStart(12))).join('');
  console.error(row(['', 'value', 'target', 'baseline', 'ratio', '']));
  for (const figure of figures) {
    const { value, unit, target, baseline, ratio, ok } = figure;
    console.error(
      row([
        `${figure.case}, ${figure.metric}`,
        `${value} ${unit}`,
        target === null ? '-' : String(target),
        baseline === null ? '-' : String(baseline),
        ratio === null ? '-' : `${ratio}x`,
        ok === null ? '' : ok ? 'ok' : 'MISSED',
      ]),
    );
  }
}
