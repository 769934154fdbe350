import { inventPerson, recordsOf } from '@personr/specimens';
import { onboard } from '@personr/ops';
import { verifyReceipt } from '@personr/proof';
import { type Stack, startStack } from '@personr/stack';
import { setTimeout as pause } from 'node:timers/promises';
import { Door } from './door.js';
import { type Figure, judge, median } from './figure.js';
import { PlainSql } from './plain-sql.js';
import { rssOf } from './process-memory.js';

const RECORDS = 20;
const WARM_UP = 5;
const LOOK_MILLISECONDS = 5;

type Samples = Record<'admit' | 'accept' | 'finish' | 'verify' | 'insert' | 'order' | 'remove', number[]>;

const noSamples = (): Samples => ({
  admit: [],
  accept: [],
  finish: [],
  verify: [],
  insert: [],
  order: [],
  remove: [],
});

const timed = async <T>(into: number[], act: () => Promise<T>): Promise<T> => {
  const startedAt = performance.now();
  const result = await act();
  into.push(performance.now() - startedAt);
  return result;
};

/** One subject in, one DELETE out, on the product and on plain SQL in turn. */
export async function smoke({ isQuick }: { isQuick: boolean }): Promise<Figure[]> {
  const stack = await startStack({
    log: (line) => {
      console.error(line);
    },
  });
  try {
    const [tenant] = await onboard(stack.env, ['Bench']);
    if (tenant === undefined) throw new Error('nobody was taken in');
    const door = await Door.open(stack.apiUrl, tenant);
    const plain = await PlainSql.open(stack.dataOwnerUrl);
    try {
      const bench = { door, plain, vkey: tenant.vkey };
      await rounds({ ...bench, samples: noSamples() }, 'warm-up', WARM_UP);
      const samples = noSamples();
      await rounds({ ...bench, samples }, 'measured', isQuick ? 20 : 100);
      return figuresOf(samples, stack);
    } finally {
      await plain.close();
    }
  } finally {
    await stack.stop();
  }
}

type Bench = {
  readonly door: Door;
  readonly plain: PlainSql;
  readonly vkey: string;
  readonly samples: Samples;
};

async function rounds(bench: Bench, name: string, count: number): Promise<void> {
  for (let round = 0; round < count; round += 1) await once(bench, `${name}-${round}`);
}

async function once({ door, plain, vkey, samples }: Bench, externalId: string): Promise<void> {
  const collectedAt = new Date().toISOString();
  const records = recordsOf(inventPerson(externalId, 0), { collectedAt }).slice(0, RECORDS);
  const subjectId = await timed(samples.insert, () => plain.insertSubject(externalId, records));
  await timed(samples.admit, () => door.post('/v1/subjects', { externalId, records }));
  const order = {
    type: 'DELETE',
    subject: { externalId },
    basis: 'END_OF_PURPOSE',
    writing: { text: 'Erase everything held about this customer.' },
  };
  await timed(samples.order, () => plain.insertInstruction(subjectId, order));
  const startedAt = performance.now();
  const { id } = await timed(samples.accept, () =>
    door.post<{ id: string }>('/v1/instructions', order, { 'idempotency-key': externalId }),
  );
  while (!(await door.get<{ final: boolean }>(`/v1/instructions/${id}`)).final)
    await pause(LOOK_MILLISECONDS);
  samples.finish.push(performance.now() - startedAt);
  const receipt = await door.get<object>(`/v1/instructions/${id}/receipt`);
  await timed(samples.verify, () => Promise.resolve(verifyReceipt(receipt, [vkey])));
  await timed(samples.remove, () => plain.deleteSubject(subjectId));
}

function figuresOf(samples: Samples, { processes }: Stack): Figure[] {
  const n = samples.admit.length;
  const time = (
    name: string,
    list: readonly number[],
    more: { target?: number; against?: readonly number[] },
  ) =>
    judge({
      bench: 'smoke',
      case: name,
      metric: 'p50',
      value: median(list),
      unit: 'ms',
      n,
      ...(more.target === undefined ? {} : { target: more.target }),
      ...(more.against === undefined ? {} : { baseline: median(more.against) }),
    });
  const memory = (app: 'api' | 'worker') =>
    judge({
      bench: 'smoke',
      case: app,
      metric: 'RSS',
      value: rssOf(processes[app]),
      unit: 'MB',
      target: 300,
      n: 1,
    });
  return [
    time(`subject with ${RECORDS} records`, samples.admit, { against: samples.insert }),
    time('instruction accepted', samples.accept, { target: 20, against: samples.order }),
    time('accepted to finished', samples.finish, { target: 1000, against: samples.remove }),
    time('receipt verified offline', samples.verify, {}),
    memory('api'),
    memory('worker'),
  ];
}
