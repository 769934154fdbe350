import { randomUUID } from 'node:crypto';
import { type Figure, judge, median } from './figure.js';
import { type IntakeBench } from './intake.js';
import { inventSubjects, type InventedSubject, RECORDS } from './invent-subjects.js';
import { cpuSecondsOf } from './process-cpu.js';
import { peakRssOf, rssOf } from './process-memory.js';

const BATCH = 100;
const TARGET_PER_SECOND = 1_000;
const TARGET_GROWTH_MB = 64;
const BUSY = ['api', 'data', 'keystore'] as const;
const CPU_SUBJECTS = 10_000;

/** Many subjects a stream, on the product over HTTP and on plain SQL by UNNEST in turn. */
export async function intakeByImport(bench: IntakeBench): Promise<Figure[]> {
  const { isQuick, say, stack } = bench;
  const size = isQuick ? 500 : 4_000;
  const rounds = isQuick ? 3 : 7;
  await round(bench, 'warm-up', size);
  const [product, baseline]: [number[], number[]] = [[], []];
  for (let at = 1; at <= rounds; at += 1) {
    const { imported, inserted } = await round(bench, `round-${at}`, size);
    product.push(imported);
    baseline.push(inserted);
    say(`import: round ${at} of ${rounds}: ${Math.round(imported)}/s, plain ${Math.round(inserted)}/s`);
  }
  const before = rssOf(stack.processes.api);
  const long = isQuick ? 2_000 : 20_000;
  const cpuBefore = BUSY.map((name) => cpuSecondsOf(stack.processes[name]));
  const { peak } = await peakRssOf(stack.processes.api, () => bench.door.import(linesOf('long', long)));
  const cpu = BUSY.map((name, at) => cpuSecondsOf(stack.processes[name]) - (cpuBefore[at] ?? 0));
  say(`import: ${long} lines in one stream`);
  const figure = { bench: 'intake', case: `import of ${RECORDS} records each` };
  return [
    judge({
      ...figure,
      metric: 'rate',
      better: 'higher',
      value: median(product),
      unit: 'subjects/s',
      target: TARGET_PER_SECOND,
      baseline: median(baseline),
      n: rounds,
    }),
    judge({
      bench: 'intake',
      case: `api in an import of ${long}`,
      metric: 'RSS growth',
      value: Math.max(peak - before, 0),
      unit: 'MB',
      target: TARGET_GROWTH_MB,
      n: 1,
    }),
    // What a shared machine changes least.
    ...BUSY.map((name, at) =>
      judge({
        bench: 'intake',
        case: `${name}, processor time for ${CPU_SUBJECTS} subjects`,
        metric: 'CPU',
        value: ((cpu[at] ?? Number.NaN) * CPU_SUBJECTS) / long,
        unit: 's',
        n: 1,
      }),
    ),
  ];
}

/** The same subjects on both, in subjects a second. What is sent is written before the clock starts. */
async function round(
  { door, plain }: IntakeBench,
  name: string,
  size: number,
): Promise<{ imported: number; inserted: number }> {
  const subjects = inventSubjects(`${name}-${randomUUID()}`, size);
  const lines = subjects.map(lineOf);
  const insertedMs = await timed(async () => {
    for (let from = 0; from < size; from += BATCH) {
      await plain.insertSubjects(subjects.slice(from, from + BATCH));
    }
  });
  const importedMs = await timed(async () => {
    const { created } = await door.import(lines);
    if (created !== size) throw new Error(`${created} of ${size} were taken in`);
  });
  return { imported: (size * 1_000) / importedMs, inserted: (size * 1_000) / insertedMs };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

const lineOf = (subject: InventedSubject): string =>
  `${JSON.stringify({ key: subject.externalId, ...subject })}\n`;

/** Lines that are written as they are sent, so that the sender holds none. */
function* linesOf(name: string, count: number): Generator<string> {
  const seed = `${name}-${randomUUID()}`;
  for (let from = 0; from < count; from += BATCH) {
    for (const subject of inventSubjects(`${seed}-${from}`, Math.min(BATCH, count - from)))
      yield lineOf(subject);
  }
}
