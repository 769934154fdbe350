import { type TenantTx } from '@personr/tenancy';
import { toCounts, wholeOf } from './scope-rows.js';
import { type Counts, type Elements, type InventoryLine, type Scope, Store } from './store.js';

/**
 * The store of a subject's consents, so that an erasure visits them. They say what the subject agreed to and are
 * no element of data: the erasure of some elements leaves them, the erasure of the whole removes them, after
 * everything that was taken in under them.
 */
export class ConsentStore extends Store {
  readonly name = 'postgres-consents';

  /** Nothing: consents are shown by themselves. */
  inventory(): Promise<InventoryLine[]> {
    return Promise.resolve([]);
  }

  /** Nothing, as well. */
  elementsOf(): Promise<Elements> {
    return Promise.resolve(new Map());
  }

  async eraseRows(tx: TenantTx, scopes: readonly Scope[]): Promise<Counts> {
    const rows = await tx.bulk`
      with gone as (
        delete from consent where tenant_id = ${tx.tenantId} and subject_id = any(${wholeOf(scopes)}::uuid[])
        returning subject_id)
      select subject_id, count(*) from gone group by subject_id`;
    return toCounts(rows);
  }

  countAll(tx: TenantTx): Promise<number> {
    return tx.consent.count({ where: { tenantId: tx.tenantId } });
  }

  async remainingRows(tx: TenantTx, scopes: readonly Scope[]): Promise<Counts> {
    const rows = await tx.bulk`
      select subject_id, count(*) from consent
       where tenant_id = ${tx.tenantId} and subject_id = any(${wholeOf(scopes)}::uuid[]) group by subject_id`;
    return toCounts(rows);
  }
}
