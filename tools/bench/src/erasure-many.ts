import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type Door } from './door.js';
import { type ErasureBench } from './erasure.js';
import { accept, openDoor, orderOf, upload } from './erasure-door.js';
import { type Figure, judge } from './figure.js';
import { inventSubjects, RECORDS } from './invent-subjects.js';
import { each, timed } from './timings.js';

const BENCH = 'erasure';
const LOOK_MILLISECONDS = 100;
const AT_ONCE = 8;
/** As many as one credential may have under way: `UPLOADS_PER_CREDENTIAL`. */
const UPLOADS_AT_ONCE = 4;
const DOCUMENTS = 2;
const DOCUMENT_BYTES = 20_000;

type Ordering = {
  readonly how: string;
  readonly count: number;
  readonly target?: number;
  readonly accept: (door: Door, externalIds: readonly string[]) => Promise<void>;
};

/**
 * Many orders at once, from the first accepted to the last finished: sent as one batch, as a Business sends many; and
 * eight at a time as single requests, where taking them in is what it costs.
 */
export async function asManyAsItCan(bench: ErasureBench): Promise<Figure[]> {
  const count = bench.isQuick ? 300 : 1000;
  const single = bench.isQuick ? 40 : 1000;
  return [
    await wholeErasures(bench, { how: 'in one batch', count, target: 100, accept: acceptTogether }),
    await wholeErasures(bench, { how: 'one by one', count: single, accept: acceptEach }),
  ];
}

async function wholeErasures(
  bench: ErasureBench,
  { how, count, target, accept: order }: Ordering,
): Promise<Figure> {
  const { plain, say } = bench;
  const subjects = inventSubjects(how.replaceAll(' ', '-'), count);
  say(`${String(count)} subjects with ${String(RECORDS)} elements and ${String(DOCUMENTS)} documents each`);
  const door = await openDoor(bench);
  await each(subjects, UPLOADS_AT_ONCE, async (subject) => {
    const { id } = await door.post<{ id: string }>('/v1/subjects', subject);
    for (let at = 0; at < DOCUMENTS; at += 1) await upload(door, id, DOCUMENT_BYTES);
  });
  const removed = await removedPlainly(plain, subjects);
  const { tenant, stack } = bench;
  const names = subjects.map(({ externalId }) => externalId);
  const from = new Date();
  await order(await openDoor(bench), names);
  const seconds = await untilAllFinished(stack.dataOwnerUrl, tenant.tenantId, { from, count });
  return judge({
    bench: BENCH,
    case: `whole erasures of ${String(RECORDS)} elements and ${String(DOCUMENTS)} documents, ordered ${how}`,
    metric: 'rate',
    value: count / seconds,
    unit: '/s',
    better: 'higher',
    ...(target === undefined ? {} : { target }),
    baseline: count / (removed / 1000),
    n: count,
  });
}

/** How long plain SQL takes to delete the same rows, one subject after the other. */
async function removedPlainly(
  plain: ErasureBench['plain'],
  subjects: ReturnType<typeof inventSubjects>,
): Promise<number> {
  const ids: string[] = [];
  for (const { externalId, records } of subjects) ids.push(await plain.insertSubject(externalId, records));
  return timed(async () => {
    for (const id of ids) await plain.deleteSubject(id);
  });
}

const acceptEach = (door: Door, externalIds: readonly string[]): Promise<void> =>
  each([...externalIds], AT_ONCE, async (externalId) => {
    await accept(door, externalId);
  });

/** One batch of them all. Throws unless each was taken. */
async function acceptTogether({ apiUrl, token }: Door, externalIds: readonly string[]): Promise<void> {
  const answer = await fetch(`${apiUrl}/v1/instructions/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
    body: externalIds.map((key) => `${JSON.stringify({ key, ...orderOf(key) })}\n`).join(''),
  });
  const last = (await answer.text()).trimEnd().split('\n').at(-1) ?? '';
  const { summary } = JSON.parse(last) as { summary?: { accepted: number } };
  if (summary?.accepted !== externalIds.length) throw new Error('a batch was not taken whole');
}

/**
 * Waits for the end of every instruction that was accepted since, and says how long it took from the first acceptance to
 * the last end: looked up over one connection, since a request for each would be part of what is measured.
 */
async function untilAllFinished(
  url: string,
  tenantId: string,
  { from, count }: { readonly from: Date; readonly count: number },
): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (;;) {
      const { rows } = await client.query<{ ended: number; seconds: number }>(
        `select count(finished_at)::int as ended,
                extract(epoch from max(finished_at) - min(accepted_at))::float8 as seconds
           from instruction where tenant_id = $1 and accepted_at >= $2`,
        [tenantId, from],
      );
      const [found] = rows;
      if (found?.ended === count) return found.seconds;
      await pause(LOOK_MILLISECONDS);
    }
  } finally {
    await client.end();
  }
}
