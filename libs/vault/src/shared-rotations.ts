import { type InstructionId, type TenantId } from '@personr/kernel';
import { type KeyStore } from './key-store.js';
import { type ShredOrder } from './rotate-root.js';
import { shredKeys } from './shred-keys.js';
import { type Shredding } from './vault.erasure.js';

const MOST_ORDERS = 1000;

type Waiting = {
  readonly order: ShredOrder;
  readonly resolve: (shredding: Shredding) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Shreddings of one tenant that share rotations: an idle tenant's root is rotated at once; what arrives while a rotation
 * is under way goes together into the next, a thousand orders at most. When one fails, all of it fail, and each calls
 * again.
 */
export class SharedRotations {
  private readonly waiting = new Map<TenantId, Waiting[]>();

  constructor(private readonly store: KeyStore) {}

  /** Shreds by one order. Throws as `Vault.shred` does. */
  shred(tenantId: TenantId, order: ShredOrder): Promise<Shredding> {
    return new Promise((resolve, reject) => {
      const queue = this.waiting.get(tenantId);
      const waiting = { order, resolve, reject };
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      this.waiting.set(tenantId, [waiting]);
      void this.drain(tenantId);
    });
  }

  private async drain(tenantId: TenantId): Promise<void> {
    for (;;) {
      const batch = this.waiting.get(tenantId)?.splice(0, MOST_ORDERS) ?? [];
      if (batch.length === 0) break;
      await this.rotate(tenantId, batch);
    }
    this.waiting.delete(tenantId);
  }

  private async rotate(tenantId: TenantId, batch: readonly Waiting[]): Promise<void> {
    try {
      const done = await shredKeys(
        this.store,
        tenantId,
        batch.map(({ order }) => order),
      );
      for (const { order, resolve, reject } of batch) settle(done, order.instructionId, { resolve, reject });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function settle(
  done: ReadonlyMap<InstructionId, Shredding>,
  instructionId: InstructionId,
  { resolve, reject }: Pick<Waiting, 'resolve' | 'reject'>,
): void {
  const shredding = done.get(instructionId);
  if (shredding === undefined) reject(new Error('the ledger has no line for an order that was carried out'));
  else resolve(shredding);
}
