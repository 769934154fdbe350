import { type DocumentId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { documentLabel, objectNameOf, subjectPrefix } from './document.js';
import { documentsIn } from './document.repository.js';
import { type ObjectSelection, type ObjectStore } from './object-store.js';
import { type InventoryLine, type Scope, type Store } from './store.js';

/**
 * The store of documents: rows in the data database, sealed bytes in the object store. What it erases there cannot
 * be rolled back, so a transaction that fails afterwards leaves rows without bytes, and the erasure is tried again.
 */
export class DocumentStore implements Store {
  readonly name = 'documents';

  constructor(private readonly objects: ObjectStore) {}

  inventory(tx: TenantTx, { subjectId, elements }: Scope): Promise<InventoryLine[]> {
    return tx.$queryRaw<InventoryLine[]>`
      select element, source, purpose, count(*)::int as count from document
       where tenant_id = ${tx.tenantId}::uuid and subject_id = ${subjectId}::uuid
         and (${elements === undefined} or element = any(${[...(elements ?? [])]}::text[]))
       group by element, source, purpose order by element, source, purpose`;
  }

  /** Of finished documents and of those under way: an upload whose key is gone ends at its next chunk. */
  async keyLabels(tx: TenantTx, scope: Scope): Promise<readonly string[]> {
    const rows = [
      ...(await tx.document.findMany({ where: documentsIn(tx, scope), select: { id: true } })),
      ...(await tx.documentUpload.findMany({ where: documentsIn(tx, scope), select: { id: true } })),
    ];
    return rows.map(({ id }) => documentLabel(id as DocumentId));
  }

  async erase(tx: TenantTx, scope: Scope): Promise<number> {
    const selection = await this.selectionOf(tx, scope);
    if (selection === null) return 0;
    await this.objects.remove(selection);
    const { count } = await tx.document.deleteMany({ where: documentsIn(tx, scope) });
    return count;
  }

  async remaining(tx: TenantTx, scope: Scope): Promise<number> {
    const selection = await this.selectionOf(tx, scope);
    if (selection === null) return 0;
    const rows = await tx.document.count({ where: documentsIn(tx, scope) });
    return rows + (await this.objects.remaining(selection));
  }

  /**
   * The objects in scope: all of the subject's but those of documents and uploads outside it, so that what no row
   * knows of goes too. Null for a scope without elements.
   */
  private async selectionOf(tx: TenantTx, scope: Scope): Promise<ObjectSelection | null> {
    if (scope.elements?.length === 0) return null;
    const prefix = subjectPrefix(tx.tenantId, scope.subjectId);
    const uploads = await tx.documentUpload.findMany({ where: documentsIn(tx, scope), select: { id: true } });
    const suspects = this.namesOf(tx, scope, uploads);
    if (scope.elements === undefined) return { prefix, suspects };
    const outside = {
      tenantId: tx.tenantId,
      subjectId: scope.subjectId,
      element: { notIn: [...scope.elements] },
    };
    const kept = [
      ...(await tx.document.findMany({ where: outside, select: { id: true } })),
      ...(await tx.documentUpload.findMany({ where: outside, select: { id: true } })),
    ];
    return { prefix, suspects, except: new Set(this.namesOf(tx, scope, kept)) };
  }

  private namesOf(tx: TenantTx, { subjectId }: Scope, rows: readonly { id: string }[]): string[] {
    return rows.map(({ id }) => objectNameOf(tx.tenantId, { subjectId, id: id as DocumentId }));
  }
}
