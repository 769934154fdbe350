import { type OnboardedTenant, onboard } from '@personr/ops';
import { type Stack, startStack } from '@personr/stack';
import { Crowd } from './crowd.js';
import { erasureOfKeys } from './erasure-keys.js';
import { erasureByOrder } from './erasure-orders.js';
import { type Figure } from './figure.js';
import { PlainSql } from './plain-sql.js';
import { Rooms } from './rooms.js';

/** What the parts of this bench work with. `say` tells whoever waits how far it is. */
export type ErasureBench = {
  readonly stack: Stack;
  readonly tenant: OnboardedTenant;
  readonly rooms: Rooms;
  readonly crowd: Crowd;
  readonly plain: PlainSql;
  readonly isQuick: boolean;
  readonly say: (line: string) => void;
};

/** People out: keys alone in crowds of two sizes, then whole erasures through the product. */
export async function erasure({ isQuick }: { isQuick: boolean }): Promise<Figure[]> {
  const say = (line: string): void => {
    console.error(line);
  };
  const stack = await startStack({ log: say });
  try {
    const [tenant] = await onboard(stack.env, ['Bench']);
    if (tenant === undefined) throw new Error('nobody was taken in');
    const rooms = await Rooms.open(stack.env);
    const plain = await PlainSql.open(stack.dataOwnerUrl);
    try {
      const crowd = new Crowd(rooms, tenant.tenantId, say);
      const bench = { stack, tenant, rooms, crowd, plain, isQuick, say };
      return [...(await erasureOfKeys(bench)), ...(await erasureByOrder(bench))];
    } finally {
      await plain.close();
      await rooms.close();
    }
  } finally {
    await stack.stop();
  }
}
