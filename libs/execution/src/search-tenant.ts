import { Injectable } from '@nestjs/common';
import { type InstructionId, type SubjectId, type TenantId } from '@personr/kernel';
import { isWhole, type Scope, Stores } from '@personr/stores';
import { subjectsAfter } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { keptIn, type Share, sharesOf } from './kept-scopes.js';
import { KeysInScope } from './keys-in-scope.js';

const SUBJECTS_AT_ONCE = 500;

/** What a search found: how much is left, and whether something is still coming in. */
export type FoundOfAll = { readonly left: number; readonly isUnderWay: boolean };

/** Searches every store and the key store for what the erasure of everything should have left nothing of. */
@Injectable()
export class SearchTenant {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly stores: Stores,
    private readonly keys: KeysInScope,
  ) {}

  /** What is left of all that this instruction erases, reading everything afresh. What no row knows of is removed by the way, and counts. */
  async of(tenantId: TenantId, by: InstructionId): Promise<FoundOfAll> {
    const { left: ofSubjects, kept } = await this.subjects(tenantId, by);
    const outside = await this.tenancy.forTenant(tenantId, (tx) => this.outside(tx, kept));
    let left = ofSubjects + (await this.treeRows(tenantId));
    for (const part of outside) {
      const remaining = await part.remaining();
      if (remaining > 0 && !part.isUnderWay) await part.remove();
      left += part.isUnderWay ? 0 : remaining;
    }
    return { left, isUnderWay: outside.some((part) => part.isUnderWay) };
  }

  /** What is left of the subjects that still have a row, page by page; no value has a row without its subject's. */
  private async subjects(tenantId: TenantId, by: InstructionId): Promise<{ left: number; kept: Scope[] }> {
    let left = 0;
    const kept: Scope[] = [];
    for (let after: SubjectId | null = null; ;) {
      const from = after;
      const { shares, rows } = await this.tenancy.forTenant(tenantId, async (tx) => {
        const page = await subjectsAfter(tx, { after: from, limit: SUBJECTS_AT_ONCE });
        const shared = await sharesOf(tx, page, by);
        return { shares: shared, rows: await this.rows(tx, shared) };
      });
      left += rows + (await this.keysLeft(tenantId, shares));
      kept.push(...keptIn(shares));
      if (shares.length < SUBJECTS_AT_ONCE) return { left, kept };
      after = shares.at(-1)?.erased.subjectId ?? null;
    }
  }

  private async rows(tx: TenantTx, shares: readonly Share[]): Promise<number> {
    const scopes = shares.map(({ erased }) => erased);
    let left = scopes.filter(isWhole).length;
    for (const store of this.stores.all())
      for (const count of (await store.remainingRows(tx, scopes)).values()) left += count;
    return left;
  }

  private async keysLeft(tenantId: TenantId, shares: readonly Share[]): Promise<number> {
    const owners = shares.map(({ erased: { subjectId } }) => ({ owner: subjectId }));
    const [all, kept] = await Promise.all([
      this.vault.keysOfAll(tenantId, owners),
      this.keys.in(tenantId, keptIn(shares)),
    ]);
    const keep = new Set([...kept.values()].flat());
    return [...all.values()].flat().filter((keyId) => !keep.has(keyId)).length;
  }

  private async outside(tx: TenantTx, kept: readonly Scope[]) {
    const parts = [];
    for (const store of this.stores.all()) {
      const part = await store.outsideOfAll?.(tx, kept);
      if (part !== undefined) parts.push(part);
    }
    return parts;
  }

  /** Owners that are left of the tree whose root is gone. */
  private async treeRows(tenantId: TenantId): Promise<number> {
    return (await this.vault.owners(tenantId, { tree: 'SUBJECTS', after: null, limit: 1 })).length;
  }
}
