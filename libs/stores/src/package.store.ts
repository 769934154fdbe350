import { type Id, type SubjectId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { keyedRowsOf } from './keyed-rows.js';
import { toCounts } from './scope-rows.js';
import {
  type Counts,
  type Elements,
  type InventoryLine,
  type Scope,
  Store,
  type WholeOutside,
} from './store.js';

/** The id of a package, under which its sealed bytes rest. */
export type PackageId = Id<'package'>;

/** The label of a package's own key among its subject's. */
export const packageLabel = (id: PackageId): string => `package:${id}`;

/** The subjects of whom anything is to go: then every package of theirs goes, since it may hold it. */
const touched = (scopes: readonly Scope[]): SubjectId[] =>
  scopes.filter(({ elements }) => elements?.length !== 0).map(({ subjectId }) => subjectId);

/**
 * The store of packages of answers, so that an erasure visits them: rows in the data database, sealed bytes beside the
 * subject's documents, where `DocumentStore` removes and counts them with all that lies under the subject's name. One
 * that is being built keeps its row until that has ended: whoever sweeps looks for bytes by it.
 */
export class PackageStore extends Store {
  readonly name = 'packages';

  /** Nothing: a package is a copy of what other stores hold. */
  inventory(): Promise<InventoryLine[]> {
    return Promise.resolve([]);
  }

  /** Nothing, as well. */
  elementsOf(): Promise<Elements> {
    return Promise.resolve(new Map());
  }

  override async keyLabels(
    tx: TenantTx,
    scopes: readonly Scope[],
  ): Promise<ReadonlyMap<SubjectId, readonly string[]>> {
    const rows = await tx.bulk`
      select subject_id, id from package
       where tenant_id = ${tx.tenantId} and subject_id = any(${touched(scopes)}::uuid[]) and state <> 'EXPIRED'`;
    const labels = new Map<SubjectId, string[]>();
    for (const row of rows) {
      const subjectId = row.subject_id as SubjectId;
      labels.set(subjectId, [...(labels.get(subjectId) ?? []), packageLabel(row.id as PackageId)]);
    }
    return labels;
  }

  override async underWay(tx: TenantTx, scopes: readonly Scope[]): Promise<ReadonlySet<SubjectId>> {
    const rows = await tx.bulk`
      select distinct subject_id from package
       where tenant_id = ${tx.tenantId} and subject_id = any(${touched(scopes)}::uuid[]) and state = 'BUILDING'`;
    return new Set(rows.map((row) => row.subject_id as SubjectId));
  }

  override keyedRows(tx: TenantTx, page: { readonly after: string | null; readonly limit: number }) {
    return keyedRowsOf(tx, 'package', page);
  }

  async eraseRows(tx: TenantTx, scopes: readonly Scope[]): Promise<Counts> {
    const rows = await tx.bulk`
      with gone as (
        delete from package
         where tenant_id = ${tx.tenantId} and subject_id = any(${touched(scopes)}::uuid[]) and state <> 'BUILDING'
        returning subject_id, state)
      select subject_id, count(*) from gone where state = 'READY' group by subject_id`;
    return toCounts(rows);
  }

  async remainingRows(tx: TenantTx, scopes: readonly Scope[]): Promise<Counts> {
    const rows = await tx.bulk`
      select subject_id, count(*) from package
       where tenant_id = ${tx.tenantId} and subject_id = any(${touched(scopes)}::uuid[]) and state <> 'BUILDING'
       group by subject_id`;
    return toCounts(rows);
  }

  /** Bytes lie under the tenant's name, where `DocumentStore` removes and counts them; what is being built may still bring some. */
  override async outsideOfAll(tx: TenantTx): Promise<WholeOutside> {
    const building = await tx.package.count({ where: { tenantId: tx.tenantId, state: 'BUILDING' } });
    return {
      isUnderWay: building > 0,
      remove: () => Promise.resolve(),
      remaining: () => Promise.resolve(0),
    };
  }

  countAll(tx: TenantTx): Promise<number> {
    return tx.package.count({ where: { tenantId: tx.tenantId, state: 'READY' } });
  }
}
