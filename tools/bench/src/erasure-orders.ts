import { setTimeout as pause } from 'node:timers/promises';
import { type Door } from './door.js';
import { type ErasureBench } from './erasure.js';
import { accept, openDoor, upload, type View } from './erasure-door.js';
import { asManyAsItCan } from './erasure-many.js';
import { type Figure, judge, median } from './figure.js';
import { inventSubjects } from './invent-subjects.js';
import { timed, timesOf } from './timings.js';

const BENCH = 'erasure';
const LOOK_MILLISECONDS = 20;
const MIB = 1024 * 1024;

/** Whole erasures by the product's own door: accepted, sealed, unreadable, finished. */
export async function erasureByOrder(bench: ErasureBench): Promise<Figure[]> {
  return [
    ...(await untilUnreadable(bench)),
    ...(await withDocuments(bench)),
    ...(await asManyAsItCan(bench)),
  ];
}

const since = (from: string | null, to: string | null): number => {
  if (from === null || to === null) throw new Error('an instant is missing');
  return Date.parse(to) - Date.parse(from);
};

/** Subjects of twenty elements, taken in over HTTP into the crowd, one order after the other. */
async function untilUnreadable(bench: ErasureBench): Promise<Figure[]> {
  const { isQuick, plain, say, crowd } = bench;
  const [unreadable, deletes]: [number[], number[]] = [[], []];
  let door = await openDoor(bench);
  for (const [at, subject] of inventSubjects('order', isQuick ? 20 : 200).entries()) {
    if (at % 50 === 0) {
      door = await openDoor(bench);
      say(`orders one by one: ${String(at)}`);
    }
    await door.post('/v1/subjects', subject);
    const subjectId = await plain.insertSubject(subject.externalId, subject.records);
    deletes.push(await timed(() => plain.deleteSubject(subjectId)));
    const view = await finished(door, await accept(door, subject.externalId));
    unreadable.push(since(view.acceptedAt, view.unreadableAt));
  }
  return timesOf(BENCH, unreadable, {
    case: `accepted to unreadable, among ${String(crowd.taken)}`,
    p50: 400,
    p99: 1000,
    against: deletes,
  });
}

/** What documents change: a thousand bytes, and a gigabyte. */
async function withDocuments(bench: ErasureBench): Promise<Figure[]> {
  const door = await openDoor(bench);
  const parts = bench.isQuick ? 1 : 4;
  const sizes = { small: [1000], large: Array.from({ length: parts }, () => 256 * MIB) };
  const times = { small: [] as number[], large: [] as number[] };
  const rounds = bench.isQuick ? 1 : 5;
  for (let round = 0; round < rounds; round += 1) {
    for (const size of ['small', 'large'] as const) {
      const externalId = `documents-${size}-${String(round)}`;
      await takeIn(door, externalId, sizes[size]);
      const view = await finished(door, await accept(door, externalId));
      times[size].push(since(view.acceptedAt, view.sealedAt));
    }
    bench.say(`documents: round ${String(round + 1)} of ${String(rounds)}`);
  }
  return [
    judge({
      bench: BENCH,
      case: `${String(parts * 256)} MiB of documents beside 1 kB`,
      metric: 'accepted to sealed',
      value: median(times.large) / median(times.small),
      unit: 'x',
      target: 1.5,
      n: rounds,
    }),
  ];
}

async function finished(door: Door, { id }: View): Promise<View> {
  for (;;) {
    const view = await door.get<View>(`/v1/instructions/${id}`);
    if (view.final) return view;
    await pause(LOOK_MILLISECONDS);
  }
}

async function takeIn(door: Door, externalId: string, documents: readonly number[]): Promise<void> {
  const { id } = await door.post<{ id: string }>('/v1/subjects', { externalId });
  for (const bytes of documents) await upload(door, id, bytes);
}
