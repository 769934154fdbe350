import { Injectable } from '@nestjs/common';
import { type SubjectId, type TenantId } from '@personr/kernel';
import { isWhole, Stores } from '@personr/stores';
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

/** Searches every store, the key store and the blind index for what erasures should have left nothing of. */
@Injectable()
export class SearchAfresh {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly stores: Stores,
    private readonly keys: KeysInScope,
  ) {}

  /** What is left in the scope of each member, reading everything afresh. */
  async of(tenantId: TenantId, members: readonly SubjectExecution[]): Promise<Found> {
    const left = new Map<SubjectId, number>();
    const add = (subjectId: SubjectId, count: number) => {
      if (count > 0) left.set(subjectId, (left.get(subjectId) ?? 0) + count);
    };
    const { outside, underWay } = await this.tenancy.forTenant(tenantId, (tx) =>
      this.inStores(tx, members, add),
    );
    for (const part of outside)
      for (const [subjectId, count] of await part.remaining()) add(subjectId, count);
    await this.inVault(tenantId, members, add);
    return { left, underWay };
  }

  private async inStores(
    tx: TenantTx,
    members: readonly SubjectExecution[],
    add: (subjectId: SubjectId, count: number) => void,
  ) {
    const scopes = members.map(scopeOf);
    const underWay = new Set<SubjectId>();
    const outside = [];
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
  private async inVault(
    tenantId: TenantId,
    members: readonly SubjectExecution[],
    add: (subjectId: SubjectId, count: number) => void,
  ): Promise<void> {
    const whole = members.filter((member) => isWhole(scopeOf(member)));
    const parts = members.filter((member) => !isWhole(scopeOf(member)));
    const owners = whole.map(({ subjectId }) => subjectId);
    const remaining = await this.vault.remainingAll(tenantId, owners);
    for (const subjectId of owners) {
      const { keys = 0, indexEntries = 0 } = remaining.get(subjectId) ?? {};
      add(subjectId, keys + indexEntries);
    }
    if (parts.length === 0) return;
    for (const [subjectId, keys] of await this.keys.of(tenantId, parts)) add(subjectId, keys.length);
  }
}
