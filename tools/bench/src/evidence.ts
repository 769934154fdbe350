import { startStack } from '@personr/stack';
import { EvidenceLoad, type Load, WRITERS } from './evidence-load.js';
import { measureVerifying } from './evidence-verifying.js';
import { type Figure, judge, quantile } from './figure.js';

const BENCH = 'evidence';
const TENANTS = [1, 50, 1000] as const;
/** What is offered, a little above what is to be kept up. */
const RATE = 2_200;
const TARGET = 2_000;
const BATCH = 100;
const BATCH_TARGET = 6_000;
const WAIT_MILLISECONDS = 2_000;

const say = (line: string): void => {
  console.error(line);
};

/** Entries in and under a checkpoint, then all of them verified by whoever has a log or a receipt in hand. */
export async function evidence(options: { isQuick: boolean }): Promise<Figure[]> {
  return [...(await measureAppending(options)), ...(await measureVerifying({ ...options, say }))];
}

/**
 * Entries in: one a transaction on 32 connections with synchronous commit, of 1, 50 and 1,000 tenants, until each is under a
 * checkpoint; many a transaction; beside plain INSERTs, taken in turn.
 */
async function measureAppending({ isQuick }: { isQuick: boolean }): Promise<Figure[]> {
  const seconds = isQuick ? 5 : 20;
  const stack = await startStack({ log: say });
  const load = await EvidenceLoad.open({ ...stack.env, ownerUrl: stack.dataOwnerUrl });
  try {
    await load.write(await load.tenants(1), { seconds: 2 });
    const figures: Figure[] = [];
    for (const count of TENANTS) {
      const tenants = await load.tenants(count);
      say(`one entry a transaction, ${count} tenants`);
      const plain = await load.plainRate(seconds / 2);
      figures.push(...singleFigures(count, await load.write(tenants, { seconds, rate: RATE }), plain));
    }
    const tenants = await load.tenants(1);
    say(`${BATCH} entries a transaction`);
    figures.push(batchFigure(await load.write(tenants, { seconds: seconds / 4, batch: BATCH })));
    return figures;
  } finally {
    await load.close();
    await stack.stop();
  }
}

function singleFigures(tenants: number, { entries, seconds, waits }: Load, plain: number): Figure[] {
  const common = { bench: BENCH, case: `1 a transaction, ${tenants} tenants`, n: entries };
  const rate = { metric: 'appended and sequenced', unit: '/s', better: 'higher', target: TARGET } as const;
  const wait = { metric: 'commit to checkpoint p99', unit: 'ms', target: WAIT_MILLISECONDS } as const;
  return [
    judge({ ...common, ...rate, value: entries / seconds, baseline: plain }),
    judge({ ...common, ...wait, value: quantile(waits, 0.99) }),
    judge({ ...common, metric: 'commit to checkpoint p50', unit: 'ms', value: quantile(waits, 0.5) }),
  ];
}

const batchFigure = ({ entries, appendSeconds }: Load): Figure =>
  judge({
    bench: BENCH,
    case: `${BATCH} a transaction, ${WRITERS} connections`,
    metric: 'appended',
    unit: '/s',
    better: 'higher',
    target: BATCH_TARGET,
    value: entries / appendSeconds,
    n: entries,
  });
