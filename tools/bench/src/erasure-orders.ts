import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Door } from './door.js';
import { type ErasureBench } from './erasure.js';
import { type Figure, judge, median } from './figure.js';
import { inventSubjects, RECORDS } from './invent-subjects.js';
import { each, timed, timesOf } from './timings.js';

const BENCH = 'erasure';
const LOOK_MILLISECONDS = 20;
const AT_ONCE = 8;
/** As many as one credential may have under way: `UPLOADS_PER_CREDENTIAL`. */
const UPLOADS_AT_ONCE = 4;
const DOCUMENTS = 2;
const DOCUMENT_BYTES = 20_000;
const MIB = 1024 * 1024;

const ABOUT = new URLSearchParams({
  element: 'VIDEO',
  source: 'CONSUMER_DIRECT',
  purpose: 'IDENTITY_VERIFICATION',
  collectedAt: '2026-11-23T18:00:00Z',
}).toString();

type View = {
  readonly id: string;
  readonly final: boolean;
  readonly acceptedAt: string;
  readonly finishedAt: string | null;
  readonly sealedAt: string | null;
  readonly unreadableAt: string | null;
};

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

/** Many orders at once, from the first accepted to the last finished. */
async function asManyAsItCan(bench: ErasureBench): Promise<Figure[]> {
  const { isQuick, plain, say } = bench;
  const count = isQuick ? 40 : 1000;
  const door = await openDoor(bench);
  const subjects = inventSubjects('many', count);
  say(`${String(count)} subjects with ${String(RECORDS)} elements and ${String(DOCUMENTS)} documents each`);
  await each(subjects, UPLOADS_AT_ONCE, async (subject) => {
    const { id } = await door.post<{ id: string }>('/v1/subjects', subject);
    for (let at = 0; at < DOCUMENTS; at += 1) await upload(door, id, DOCUMENT_BYTES);
  });
  const plainIds = new Map<string, string>();
  for (const { externalId, records } of subjects) {
    plainIds.set(externalId, await plain.insertSubject(externalId, records));
  }
  const removed = await timed(async () => {
    for (const id of plainIds.values()) await plain.deleteSubject(id);
  });
  const again = await openDoor(bench);
  const accepted: View[] = [];
  await each(subjects, AT_ONCE, async ({ externalId }) => accepted.push(await accept(again, externalId)));
  const views: View[] = [];
  for (const view of accepted) views.push(await finished(again, view));
  const from = Math.min(...views.map(({ acceptedAt }) => Date.parse(acceptedAt)));
  const to = Math.max(...views.map(({ finishedAt }) => Date.parse(finishedAt ?? '')));
  return [
    judge({
      bench: BENCH,
      case: `whole erasures of ${String(RECORDS)} elements and ${String(DOCUMENTS)} documents`,
      metric: 'rate',
      value: count / ((to - from) / 1000),
      unit: '/s',
      better: 'higher',
      target: 100,
      baseline: count / (removed / 1000),
      n: count,
    }),
  ];
}

/** A new token: one lives ten minutes. */
const openDoor = ({ stack, tenant }: ErasureBench): Promise<Door> => Door.open(stack.apiUrl, tenant);

const accept = (door: Door, externalId: string): Promise<View> =>
  door.post<View>(
    '/v1/instructions',
    {
      type: 'DELETE',
      subject: { externalId },
      basis: 'END_OF_PURPOSE',
      writing: { text: 'Erase everything held about this customer.' },
    },
    { 'idempotency-key': externalId },
  );

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

async function upload({ apiUrl, token }: Door, subjectId: string, bytes: number): Promise<void> {
  const answer = await fetch(`${apiUrl}/v1/subjects/${subjectId}/documents?${ABOUT}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: randomBytes(bytes),
  });
  if (!answer.ok) throw new Error(`a document was answered ${String(answer.status)}`);
  await answer.body?.cancel();
}
