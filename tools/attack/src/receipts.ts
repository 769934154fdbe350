import { verifyReceipt } from '@personr/proof';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer } from './door.js';
import { orderKeyOf } from './guess.js';
import { type Ordered } from './loot.js';
import { HELD, HELD_ON, orderOf } from './person.js';
import { type Business } from './scene.js';
import { type Held } from './take-in.js';

/** A receipt as it was given, the key that its log is trusted by, and the instants that the instruction's view says. */
export type GivenReceipt = {
  readonly receipt: Readonly<Record<string, unknown>>;
  readonly vkey: string;
  readonly instants: readonly unknown[];
};

/** An order that was given: about whom, and what it says. */
export type Order = {
  readonly business: Business;
  readonly held: readonly Held[];
  readonly id: string;
  readonly writing: string;
};

/** The same by the ids that rows have. */
export const orderedBy = ({ held, writing }: Order): Ordered => ({
  subjects: held.map(({ subjectId }) => subjectId),
  writing,
});

const HOLD_MILLISECONDS = 365 * 24 * 3_600_000;
const LOOK_MILLISECONDS = 50;
const PATIENCE_MILLISECONDS = 120_000;
const INSTANTS = ['acceptedAt', 'sealedAt', 'unreadableAt', 'erasedAt', 'finishedAt'];

/** Gives the orders about these people all at once, so that the worker may do what it does with many. Returns when each has ended. */
export async function orderAll(all: readonly { business: Business; held: Held }[]): Promise<Order[]> {
  const orders = await Promise.all(
    all.map(async ({ business, held }): Promise<Order> => {
      const { person } = held;
      if (person.fate === 'HELD') await hold(business, held);
      const headers = { 'idempotency-key': orderKeyOf(person) };
      const body = orderOf(person, { externalId: person.externalId });
      const { json } = await business.door.take('/v1/instructions', body, headers);
      return { business, held: [held], id: json.id as string, writing: person.writing };
    }),
  );
  for (const order of orders) await ended(order);
  return orders;
}

/** Keeps a part of the person, for longer than the attack goes forward. */
export const hold = ({ door }: Business, { subjectId }: Held) =>
  door.take('/v1/holds', {
    subjectId,
    elements: HELD,
    ground: HELD_ON,
    citation: '31 CFR 1020.220(a)(3)',
    endsAt: new Date(Date.now() + HOLD_MILLISECONDS).toISOString(),
  });

/** Resolves when an order has come to its end. */
export async function ended({ business: { door }, id }: Pick<Order, 'business' | 'id'>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const { json } = await door.get(`/v1/instructions/${id}`);
    if (json.final === true) return;
    if (performance.now() > deadline)
      throw new Error(`an erasure is ${String(json.state)} after two minutes`);
    await pause(LOOK_MILLISECONDS);
  }
}

/** Fetches the receipt of each order, and hands on every answer. */
export async function readReceipts(
  orders: readonly Order[],
  keep: (answer: Answer) => void,
): Promise<GivenReceipt[]> {
  const receipts: GivenReceipt[] = [];
  for (const { business, id } of orders) {
    const view = await business.door.get(`/v1/instructions/${id}`);
    const receipt = await receiptOf({ business, id });
    for (const answer of [view, receipt]) keep(answer);
    receipts.push({
      receipt: receipt.json,
      vkey: business.door.tenant.vkey,
      instants: INSTANTS.map((name) => view.json[name]),
    });
  }
  return receipts;
}

/** What is wrong with a receipt; nothing when it verifies and its instants are there and in order. */
export function problemsOf({ receipt, vkey, instants }: GivenReceipt): string[] {
  const texts = instants.filter((instant) => typeof instant === 'string');
  const problems = texts.length < instants.length ? ['an instant is missing'] : [];
  if (texts.toSorted().join() !== texts.join()) problems.push('the instants are out of order');
  try {
    verifyReceipt(receipt, [vkey]);
  } catch {
    problems.push('a receipt does not verify');
  }
  return problems;
}

/** A receipt is there when its entry has been sequenced. */
async function receiptOf({ business: { door }, id }: Pick<Order, 'business' | 'id'>): Promise<Answer> {
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const answer = await door.get(`/v1/instructions/${id}/receipt`);
    if (answer.status === 200 || performance.now() > deadline) return answer;
    await pause(LOOK_MILLISECONDS);
  }
}
