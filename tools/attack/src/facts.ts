import { type Facts } from './loot.js';
import { type Order, orderedBy } from './receipts.js';
import { type Scene } from './scene.js';

/** Who is who, once these orders were given. */
export const factsOf = ({ businesses }: Pick<Scene, 'businesses'>, orders: readonly Order[]): Facts => ({
  businesses,
  subjects: new Map(businesses.flatMap(({ people }) => people.map((held) => [held.subjectId, held]))),
  orders: new Map(orders.map((order) => [order.id, orderedBy(order)])),
});
