import { setTimeout as pause } from 'node:timers/promises';
import { factsOf } from './facts.js';
import { type Keeping } from './keeping.js';
import { type RootCopy, type Rows } from './loot.js';
import { ended, hold, type Order } from './receipts.js';
import { type Business, type Scene } from './scene.js';

/** What lives at the instant at which those who leave are said to be unreadable, and their orders, which have ended since. */
export type Left = {
  readonly orders: readonly Order[];
  readonly rows: Rows;
  readonly roots: readonly RootCopy[];
};

const LOOK_MILLISECONDS = 10;
const PATIENCE_MILLISECONDS = 60_000;

/**
 * Has the Businesses that leave order everything erased, and takes what lives as soon as that is said to be unreadable,
 * the worker being stopped there: nothing of it is removed meanwhile but by keys.
 */
export async function leave(scene: Scene, given: readonly Order[], keeping: Keeping): Promise<Left> {
  const { stack, say } = scene;
  const orders: Order[] = [];
  for (const business of scene.businesses.filter(({ leaves }) => leaves))
    orders.push(await orderEverything(business));
  for (const order of orders) await unreadable(order);
  stack.kill('worker', 'SIGSTOP');
  try {
    say('a Business that leaves is unreadable');
    const facts = factsOf(scene, [...given, ...orders]);
    const living = await keeping.readLiving(facts);
    return { orders, ...living };
  } finally {
    stack.kill('worker', 'SIGCONT');
    for (const order of orders) await ended(order);
  }
}

async function orderEverything(business: Business): Promise<Order> {
  const { door, people } = business;
  for (const held of people) if (held.person.fate === 'HELD') await hold(business, held);
  const writing = people[0]?.person.writing ?? '';
  const body = {
    type: 'DELETE',
    subject: { all: true },
    basis: 'AGREEMENT_END',
    writing: { text: writing },
  };
  const { json } = await door.take('/v1/instructions', body);
  return { business, held: people, id: json.id as string, writing };
}

async function unreadable({ business: { door }, id }: Order): Promise<void> {
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  while (performance.now() < deadline) {
    const { json } = await door.get(`/v1/instructions/${id}`);
    if (typeof json.unreadableAt === 'string') return;
    await pause(LOOK_MILLISECONDS);
  }
  throw new Error('a Business that leaves is not unreadable after a minute');
}
