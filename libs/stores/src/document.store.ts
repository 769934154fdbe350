import { type DocumentId, type SubjectId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { documentLabel, objectNameOf, subjectPrefix, tenantPrefix } from './document.js';
import {
  type DocumentRow,
  documentRowsOf,
  eraseDocuments,
  remainingDocuments,
  uploadsOf,
} from './document.rows.js';
import { inTurns } from './in-turns.js';
import { keyedRowsOf } from './keyed-rows.js';
import { type ObjectSelection, type ObjectStore } from './object-store.js';
import { toElements } from './scope-rows.js';
import {
  type Counts,
  type Elements,
  type InventoryLine,
  isWhole,
  type Outside,
  type Scope,
  Store,
  type WholeOutside,
} from './store.js';

const SUBJECTS_AT_ONCE = 8;

/**
 * The store of documents: rows in the data database, sealed bytes in the object store. What is removed there cannot
 * be rolled back, so bytes go before their rows, and an erasure that stops in between is tried again.
 */
export class DocumentStore extends Store {
  readonly name = 'documents';

  constructor(private readonly objects: ObjectStore) {
    super();
  }

  inventory(tx: TenantTx, { subjectId, elements, except = [] }: Scope): Promise<InventoryLine[]> {
    return tx.$queryRaw<InventoryLine[]>`
      select element, source, purpose, count(*)::int as count from document
       where tenant_id = ${tx.tenantId}::uuid and subject_id = ${subjectId}::uuid
         and (${elements === undefined} or element = any(${[...(elements ?? [])]}::text[]))
         and element <> all(${[...except]}::text[])
       group by element, source, purpose order by element, source, purpose`;
  }

  async elementsOf(tx: TenantTx, subjects: readonly SubjectId[]): Promise<Elements> {
    const rows = await tx.bulk`
      select subject_id, array_agg(distinct element) as elements from document
       where tenant_id = ${tx.tenantId} and subject_id = any(${subjects}::uuid[]) group by subject_id`;
    return toElements(rows);
  }

  /** Of finished documents and of those under way: an upload whose key is gone ends at its next chunk. */
  override async keyLabels(
    tx: TenantTx,
    scopes: readonly Scope[],
  ): Promise<ReadonlyMap<SubjectId, readonly string[]>> {
    const labels = new Map<SubjectId, string[]>();
    for (const { subjectId, id, inScope } of await documentRowsOf(tx, scopes)) {
      if (!inScope) continue;
      labels.set(subjectId, [...(labels.get(subjectId) ?? []), documentLabel(id)]);
    }
    return labels;
  }

  /** Everything under each subject's name but the documents and uploads out of scope, so that what no row knows of goes too. */
  override async outside(tx: TenantTx, scopes: readonly Scope[]): Promise<Outside> {
    const rows = bySubject(await documentRowsOf(tx, scopes));
    const selections = scopes
      .filter(({ elements }) => elements?.length !== 0)
      .map((scope) => ({
        subjectId: scope.subjectId,
        selection: selectionOf(tx, scope, rows.get(scope.subjectId) ?? []),
      }));
    return {
      remove: async () => {
        await inTurns(selections, SUBJECTS_AT_ONCE, ({ selection }) => this.objects.remove(selection));
      },
      remaining: async () => {
        const counts = await inTurns(selections, SUBJECTS_AT_ONCE, async ({ subjectId, selection }) => {
          const left = await this.objects.remaining(selection);
          return [subjectId, left] as const;
        });
        return new Map(counts.filter(([, left]) => left > 0));
      },
    };
  }

  override async underWay(tx: TenantTx, scopes: readonly Scope[]): Promise<ReadonlySet<SubjectId>> {
    const rows = await documentRowsOf(tx, scopes);
    return new Set(rows.filter((row) => row.inScope && row.isUnderWay).map(({ subjectId }) => subjectId));
  }

  override keyedRows(tx: TenantTx, page: { readonly after: string | null; readonly limit: number }) {
    return keyedRowsOf(tx, 'document', page);
  }

  eraseRows(tx: TenantTx, scopes: readonly Scope[]): Promise<Counts> {
    return eraseDocuments(tx, scopes);
  }

  countAll(tx: TenantTx): Promise<number> {
    return tx.document.count({ where: { tenantId: tx.tenantId } });
  }

  /** Everything under the tenant's name but the documents that are kept. */
  override async outsideOfAll(tx: TenantTx, kept: readonly Scope[]): Promise<WholeOutside> {
    const held = (await documentRowsOf(tx, kept)).filter(({ inScope, isUnderWay }) => inScope && !isUnderWay);
    const uploads = await uploadsOf(tx);
    const nameOf = (place: { subjectId: SubjectId; id: DocumentId }) => objectNameOf(tx.tenantId, place);
    const selection = {
      prefix: tenantPrefix(tx.tenantId),
      except: new Set(held.map(nameOf)),
      suspects: uploads.map(nameOf),
    };
    return {
      isUnderWay: uploads.length > 0,
      remove: async () => {
        await this.objects.remove(selection);
      },
      remaining: () => this.objects.remaining(selection),
    };
  }

  remainingRows(tx: TenantTx, scopes: readonly Scope[]): Promise<Counts> {
    return remainingDocuments(tx, scopes);
  }
}

function bySubject(rows: readonly DocumentRow[]): Map<SubjectId, DocumentRow[]> {
  const grouped = new Map<SubjectId, DocumentRow[]>();
  for (const row of rows) {
    const known = grouped.get(row.subjectId);
    if (known === undefined) grouped.set(row.subjectId, [row]);
    else known.push(row);
  }
  return grouped;
}

function selectionOf(tx: TenantTx, scope: Scope, rows: readonly DocumentRow[]): ObjectSelection {
  const nameOf = ({ id }: { id: DocumentId }) => objectNameOf(tx.tenantId, { ...scope, id });
  const prefix = subjectPrefix(tx.tenantId, scope.subjectId);
  const suspects = rows.filter((row) => row.inScope && row.isUnderWay).map(nameOf);
  if (isWhole(scope)) return { prefix, suspects };
  return { prefix, suspects, except: new Set(rows.filter(({ inScope }) => !inScope).map(nameOf)) };
}
