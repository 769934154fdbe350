import { type InstructionId, newId, type TenantId } from '@personr/kernel';
import pg from 'pg';
import { type OneOfMany } from './crowd.js';
import { Door } from './door.js';
import { type ErasureBench } from './erasure.js';
import { type Figure, judge, median } from './figure.js';
import { inventSubjects } from './invent-subjects.js';
import { each, timed, timesOf } from './timings.js';

const BENCH = 'erasure';
const SMALL = 10_000;
const LARGE = 1_000_000;
const SAMPLES = 200;

/** Crowds, samples and churn of a quick run, to see that it works: its figures say little. */
const QUICK = { small: 2_000, large: 20_000, samples: 30, tenants: 50, churn: 5_000 };
const FULL = { small: SMALL, large: LARGE, samples: SAMPLES, tenants: 1_000, churn: 100_000 };

const order = ({ keyIds }: OneOfMany) => ({ instructionId: newId(new Date()) as InstructionId, keyIds });

/** Keys alone: `Vault.shred` from the call to `sealedAt`, keyring and both transactions included. */
export async function erasureOfKeys(bench: ErasureBench): Promise<Figure[]> {
  const sizes = bench.isQuick ? QUICK : FULL;
  await bench.crowd.growTo(sizes.small);
  const small = await oneByOne(bench, sizes.samples);
  await bench.crowd.growTo(sizes.large);
  const large = await oneByOne(bench, sizes.samples);
  const name = (size: number) => `one shredding among ${String(size)}`;
  return [
    ...timesOf(BENCH, small.shreds, { case: name(sizes.small), against: small.deletes }),
    ...timesOf(BENCH, large.shreds, { case: name(sizes.large), p50: 80, p99: 200, against: large.deletes }),
    judge({
      bench: BENCH,
      case: `${String(sizes.large)} beside ${String(sizes.small)}`,
      metric: 'ratio of p50',
      value: median(large.shreds) / median(small.shreds),
      unit: 'x',
      target: 2,
      n: sizes.samples,
    }),
    ...(await besideIntake(bench, sizes.samples)),
    ...(await inBatches(bench, 100, 2.5)),
    ...(await inBatches(bench, 1000)),
    ...(await manyTenants(bench, sizes.tenants)),
    ...(await ofTheIndex(bench, sizes.samples)),
    ...(await afterMany(bench, sizes)),
  ];
}

type Shreds = { readonly shreds: number[]; readonly deletes: number[] };

/** One after the other, each beside a plain DELETE of a subject with twenty values. */
async function oneByOne({ crowd, rooms, tenant, plain }: ErasureBench, count: number): Promise<Shreds> {
  const [shreds, deletes]: [number[], number[]] = [[], []];
  for (const one of await crowd.take(count)) {
    const [subject] = inventSubjects(one.subjectId, 1);
    const subjectId = await plain.insertSubject(subject?.externalId ?? '', subject?.records ?? []);
    deletes.push(await timed(() => plain.deleteSubject(subjectId)));
    const { instructionId, keyIds } = order(one);
    shreds.push(await timed(() => rooms.vault.shred(tenant.tenantId, keyIds, { instructionId })));
  }
  return { shreds, deletes };
}

/** Shreddings while subjects of twenty values come in over HTTP, and what each does to the other. */
async function besideIntake(bench: ErasureBench, count: number): Promise<Figure[]> {
  const door = await Door.open(bench.stack.apiUrl, bench.tenant);
  const post = async (seed: string, into: number[], isOver: () => boolean): Promise<void> => {
    for (let at = 0; !isOver(); at += 1) {
      const [subject] = inventSubjects(`${seed}-${String(at)}`, 1);
      into.push(await timed(() => door.post('/v1/subjects', subject ?? {})));
    }
  };
  const [alone, beside]: [number[], number[]] = [[], []];
  await post('alone', alone, () => alone.length >= count);
  let isOver = false;
  const intake = post('beside', beside, () => isOver);
  const { shreds } = await oneByOne(bench, count);
  isOver = true;
  await intake;
  return [
    ...timesOf(BENCH, shreds, { case: 'one shredding beside intake', p50: 80, p99: 200 }),
    ...timesOf(BENCH, beside, { case: 'one intake beside shreddings', against: alone }),
  ];
}

async function inBatches(
  { crowd, rooms, tenant, isQuick }: ErasureBench,
  size: number,
  target?: number,
): Promise<Figure[]> {
  const times: number[] = [];
  for (let round = 0; round < (isQuick ? 2 : 7); round += 1) {
    const orders = (await crowd.take(size)).map(order);
    times.push((await timed(() => rooms.vault.shredAll(tenant.tenantId, orders))) / size);
  }
  return [
    judge({
      bench: BENCH,
      case: `each of ${String(size)} shredded together`,
      metric: 'p50',
      value: median(times),
      unit: 'ms',
      ...(target === undefined ? {} : { target }),
      n: times.length,
    }),
  ];
}

const AT_ONCE = 8;

/** Tenants of the key store alone: nobody else knows them, and they need no terms to be shredded. */
async function manyTenants({ rooms, say }: ErasureBench, count: number): Promise<Figure[]> {
  say(`${String(count)} tenants, one subject each`);
  const tenants = Array.from({ length: count }, () => newId(new Date()) as TenantId);
  const keys = new Map<TenantId, OneOfMany>();
  await each(tenants, AT_ONCE, async (tenantId) => {
    await rooms.vault.openTenant(tenantId);
    const identities = [{ type: 'EXTERNAL_ID', value: 'one' } as const];
    const [admitted] = await rooms.vault.admitAll(tenantId, [
      { candidate: newId(new Date()), identities, labels: ['FULL_NAME'] },
    ]);
    if (admitted === undefined) throw new Error('nobody was admitted');
    keys.set(tenantId, { subjectId: admitted.subjectId, keyIds: [...admitted.keys.values()] });
  });
  const took = await timed(() =>
    each([...keys], AT_ONCE, ([tenantId, one]) => {
      const { instructionId, keyIds } = order(one);
      return rooms.vault.shred(tenantId, keyIds, { instructionId });
    }),
  );
  return [
    judge({
      bench: BENCH,
      case: `${String(count)} tenants, one shredding each`,
      metric: 'all sealed',
      value: took / 1000,
      unit: 's',
      target: 5,
      n: 1,
    }),
  ];
}

/** Looking somebody up, and moving the whole index to a new key, which ends guessing. */
async function ofTheIndex({ rooms, tenant, crowd }: ErasureBench, count: number): Promise<Figure[]> {
  const lookups: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const value = `crowd-${String(Math.floor((at / count) * crowd.taken))}`;
    lookups.push(await timed(() => rooms.vault.find(tenant.tenantId, { type: 'EXTERNAL_ID', value })));
  }
  const startedAt = performance.now();
  const { entries } = await rooms.vault.renewIndex(tenant.tenantId);
  const seconds = (performance.now() - startedAt) / 1000;
  return [
    ...timesOf(BENCH, lookups, { case: `one lookup among ${String(crowd.taken)}` }),
    judge({
      bench: BENCH,
      case: `index of ${String(entries)} renewed`,
      metric: 'rate',
      value: entries / seconds,
      unit: 'entries/s',
      better: 'higher',
      n: 1,
    }),
  ];
}

/** Whether erasures slow down or fill the key store: as many come in as go, a thousand at a time. */
async function afterMany(
  bench: ErasureBench,
  { churn, samples, large }: { churn: number; samples: number; large: number },
): Promise<Figure[]> {
  const { crowd, rooms, tenant, stack, say } = bench;
  const before = {
    shreds: (await oneByOne(bench, samples)).shreds,
    size: await sizeOf(stack.keystoreOwnerUrl),
  };
  for (let gone = 0; gone < churn; gone += 1000) {
    const orders = (await crowd.take(1000)).map(order);
    await rooms.vault.shredAll(tenant.tenantId, orders);
    if (gone % 10_000 === 0) say(`churn: ${String(gone)} of ${String(churn)}`);
  }
  const after = {
    shreds: (await oneByOne(bench, samples)).shreds,
    size: await sizeOf(stack.keystoreOwnerUrl),
  };
  const name = `after ${String(churn)} erasures among ${String(large)}`;
  const ratio = (metric: string, value: number, target: number, n: number) =>
    judge({ bench: BENCH, case: name, metric, value, unit: 'x', target, n });
  return [
    ratio('one shredding beside the first', median(after.shreds) / median(before.shreds), 1.5, samples),
    ratio('size of key store beside before', after.size / before.size, 2, 1),
  ];
}

/** What the database takes on disk, autovacuum having had its ordinary chances and no others. */
async function sizeOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ size: string }>(
      'select pg_database_size(current_database()) as size',
    );
    return Number(rows[0]?.size);
  } finally {
    await client.end();
  }
}
