import { Injectable } from '@nestjs/common';
import { type SubjectId, type TenantId } from '@personr/kernel';
import { isWhole, type Outside, type Scope, Stores } from '@personr/stores';
import { remainingSubjects } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { scopeOf, type SubjectExecution } from './execution.js';
import { KeysInScope } from './keys-in-scope.js';

/** What a search found: how much is left of each subject, and of whom something is still coming in. */
export type Found = {
  readonly left: ReadonlyMap<SubjectId, number>;
  readonly underWay: ReadonlySet<SubjectId>;
};

type Add = (subjectId: SubjectId, count: number) => void;

/** Searches every store, the key store and the blind index for what erasures should have left nothing of. */
@Injectable()
export class SearchAfresh {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly stores: Stores,
    private readonly keys: KeysInScope,
  ) {}

  /** What is left of subjects that were erased whole, reading everything afresh. */
  async ofWhole(tenantId: TenantId, subjects: readonly SubjectId[]): Promise<Found> {
    const scopes = subjects.map((subjectId) => ({ subjectId }));
    const counted = counting();
    const { outside, underWay } = await this.tenancy.forTenant(tenantId, (tx) =>
      this.inStores(tx, scopes, counted.add),
    );
    await this.outside(outside, counted.add);
    await this.wholeInVault(tenantId, subjects, counted.add);
    return { left: counted.left, underWay };
  }

  /** What is left in the scope of each member, reading everything afresh. */
  async of(tenantId: TenantId, members: readonly SubjectExecution[]): Promise<Found> {
    const counted = counting();
    const { outside, underWay } = await this.tenancy.forTenant(tenantId, (tx) =>
      this.inStores(tx, members.map(scopeOf), counted.add),
    );
    await this.outside(outside, counted.add);
    await this.inVault(tenantId, members, counted.add);
    return { left: counted.left, underWay };
  }

  private async outside(parts: readonly Outside[], add: Add): Promise<void> {
    for (const part of parts) for (const [subjectId, count] of await part.remaining()) add(subjectId, count);
  }

  private async inStores(
    tx: TenantTx,
    scopes: readonly Scope[],
    add: Add,
  ): Promise<{ readonly outside: readonly Outside[]; readonly underWay: ReadonlySet<SubjectId> }> {
    const underWay = new Set<SubjectId>();
    const outside: Outside[] = [];
    for (const store of this.stores.all()) {
      (await store.remainingRows(tx, scopes)).forEach((count, subjectId) => {
        add(subjectId, count);
      });
      for (const subjectId of (await store.underWay?.(tx, scopes)) ?? []) underWay.add(subjectId);
      const part = await store.outside?.(tx, scopes);
      if (part !== undefined) outside.push(part);
    }
    const whole = scopes.filter(isWhole).map(({ subjectId }) => subjectId);
    (await remainingSubjects(tx, whole)).forEach((subjectId) => {
      add(subjectId, 1);
    });
    return { outside, underWay };
  }

  /** Of the whole: any key, any index entry. Of a part: the keys in its scope. */
  private async inVault(tenantId: TenantId, members: readonly SubjectExecution[], add: Add): Promise<void> {
    const whole = members.filter((member) => isWhole(scopeOf(member)));
    const parts = members.filter((member) => !isWhole(scopeOf(member)));
    await this.wholeInVault(
      tenantId,
      whole.map(({ subjectId }) => subjectId),
      add,
    );
    if (parts.length === 0) return;
    for (const [subjectId, keys] of await this.keys.of(tenantId, parts)) add(subjectId, keys.length);
  }

  private async wholeInVault(tenantId: TenantId, subjects: readonly SubjectId[], add: Add): Promise<void> {
    const remaining = await this.vault.remainingAll(tenantId, subjects);
    for (const subjectId of subjects) {
      const { keys = 0, indexEntries = 0 } = remaining.get(subjectId) ?? {};
      add(subjectId, keys + indexEntries);
    }
  }
}

function counting(): { readonly left: Map<SubjectId, number>; readonly add: Add } {
  const left = new Map<SubjectId, number>();
  return {
    left,
    add: (subjectId, count) => {
      if (count > 0) left.set(subjectId, (left.get(subjectId) ?? 0) + count);
    },
  };
}
