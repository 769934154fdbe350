import { type TenantTx } from '@personr/tenancy';
import { type InventoryLine, type Scope, type Store } from './store.js';

/**
 * The store of a subject's consents, so that an erasure visits them. They say what the subject agreed to and are
 * no element of data: the erasure of some elements leaves them, the erasure of the whole removes them, after
 * everything that was taken in under them.
 */
export class ConsentStore implements Store {
  readonly name = 'postgres-consents';

  /** Nothing: consents are shown by themselves. */
  inventory(): Promise<InventoryLine[]> {
    return Promise.resolve([]);
  }

  async erase(tx: TenantTx, { subjectId, elements }: Scope): Promise<number> {
    if (elements !== undefined) return 0;
    const { count } = await tx.consent.deleteMany({ where: { tenantId: tx.tenantId, subjectId } });
    return count;
  }

  remaining(tx: TenantTx, { subjectId, elements }: Scope): Promise<number> {
    if (elements !== undefined) return Promise.resolve(0);
    return tx.consent.count({ where: { tenantId: tx.tenantId, subjectId } });
  }
}
