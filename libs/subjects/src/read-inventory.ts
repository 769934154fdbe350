import { Injectable } from '@nestjs/common';
import { DomainError, type SubjectId, type TenantId } from '@personr/kernel';
import { type Category, ELEMENTS, type ElementCode } from '@personr/law';
import { Stores } from '@personr/stores';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type Subject } from './subject.js';
import { findSubject } from './subject.repository.js';

/** What is held of one element: how it is classified, where from, what for, how much. Never a value. */
export type InventoryElement = {
  readonly element: ElementCode;
  readonly categories: readonly Category[];
  readonly sensitive: string;
  readonly source: string;
  readonly purpose: string;
  readonly count: number;
};

/** Says what is held about a subject without opening any of it. */
@Injectable()
export class ReadInventory {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly stores: Stores,
  ) {}

  /** The subject and what every store holds of it. Throws `SUBJECT_NOT_FOUND`. */
  run(
    tenantId: TenantId,
    subjectId: SubjectId,
  ): Promise<{ subject: Subject; elements: readonly InventoryElement[] }> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const subject = await findSubject(tx, subjectId);
      if (subject === null) throw new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');
      return { subject, elements: await this.of(tx, subjectId) };
    });
  }

  /** What every store holds of the subject, within the caller's transaction. */
  async of(tx: TenantTx, subjectId: SubjectId): Promise<InventoryElement[]> {
    const elements: InventoryElement[] = [];
    for (const store of this.stores.all()) {
      for (const line of await store.inventory(tx, { subjectId })) {
        const { categories, sensitive } = ELEMENTS[line.element];
        elements.push({ ...line, categories, sensitive });
      }
    }
    return elements;
  }

  /** Which elements the stores hold of each of these subjects, within the caller's transaction. */
  async elementsOf(
    tx: TenantTx,
    subjects: readonly SubjectId[],
  ): Promise<ReadonlyMap<SubjectId, readonly ElementCode[]>> {
    const held = new Map<SubjectId, readonly ElementCode[]>();
    if (subjects.length === 0) return held;
    for (const store of this.stores.all()) {
      for (const [id, elements] of await store.elementsOf(tx, subjects)) {
        held.set(id, [...new Set([...(held.get(id) ?? []), ...elements])]);
      }
    }
    return held;
  }
}
