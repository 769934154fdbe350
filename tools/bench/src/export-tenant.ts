import { setTimeout as pause } from 'node:timers/promises';
import { type ExportBench } from './export.js';
import { type Figure, judge } from './figure.js';
import { importLines } from './import-lines.js';
import { inventSubjects, RECORDS } from './invent-subjects.js';
import { cpuSecondsOf } from './process-cpu.js';
import { peakRssOf, rssOf } from './process-memory.js';
import { timed } from './timings.js';

const SUBJECTS = 20_000;
const SUBJECTS_QUICK = 2_000;
const LEAST_PER_SECOND = 500;
const MOST_GROWTH_MB = 64;
const LOOK_MILLISECONDS = 20;

type View = { readonly id: string; readonly state: string; readonly final: boolean };

const ORDER = {
  type: 'RETURN',
  subject: { all: true },
  basis: 'AGREEMENT_END',
  writing: { text: 'Return everything you hold for us, then erase it.' },
};

/** Everything that a Business has, given back in parts: from the order until it may be taken. */
export async function exportTenant({ stack, door, isQuick, say }: ExportBench): Promise<Figure[]> {
  const count = isQuick ? SUBJECTS_QUICK : SUBJECTS;
  say(`export: everything of a tenant, ${count} subjects of ${RECORDS} values`);
  const lines = inventSubjects('leaver', count).map(
    (subject, at) => `${JSON.stringify({ key: `leaver-${at}`, ...subject })}\n`,
  );
  await importLines(door, lines);
  const { worker } = stack.processes;
  const [cpu, rss] = [cpuSecondsOf(worker), rssOf(worker)];
  const { peak, result: milliseconds } = await peakRssOf(worker, () => timed(() => returned(door)));
  const used = cpuSecondsOf(worker) - cpu;
  const common = { bench: 'export', case: `everything of ${count} subjects, ${RECORDS} values`, n: count };
  return [
    judge({
      ...common,
      metric: 'order to parts',
      value: (count * 1000) / milliseconds,
      unit: 'subjects/s',
      better: 'higher',
      target: LEAST_PER_SECOND,
    }),
    judge({
      ...common,
      metric: 'processor of worker, a subject',
      value: (used * 1000) / count,
      unit: 'ms',
    }),
    judge({
      ...common,
      metric: 'RSS growth of worker',
      value: Math.max(peak - rss, 0),
      unit: 'MB',
      target: MOST_GROWTH_MB,
    }),
  ];
}

async function returned(door: ExportBench['door']): Promise<void> {
  const { id } = await door.post<View>('/v1/instructions', ORDER);
  for (;;) {
    const { state, final } = await door.get<View>(`/v1/instructions/${id}`);
    if (state === 'AWAITING_TRANSFER_ACK') return;
    if (final) throw new Error(`the return is ${state}`);
    await pause(LOOK_MILLISECONDS);
  }
}
