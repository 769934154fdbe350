import { Injectable } from '@nestjs/common';
import { type KeyId, type SubjectId, type TenantId } from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { isWhole, type Scope, Stores } from '@personr/stores';
import { IDENTITY_ELEMENTS } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type Owner, Vault } from '@personr/vault';
import { scopeOf, type SubjectExecution } from './execution.js';

type Labels = ReadonlyMap<SubjectId, readonly string[]>;

/** Finds the keys that erasures cover. */
@Injectable()
export class KeysInScope {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly stores: Stores,
  ) {}

  /**
   * The keys in each member's scope, reading afresh: all of the subject's for the whole; else those of the elements,
   * of the identities by which they make it findable, and of the documents among them. Never one that is held back, or that
   * came after what was returned.
   */
  of(
    tenantId: TenantId,
    members: readonly SubjectExecution[],
  ): Promise<ReadonlyMap<SubjectId, readonly KeyId[]>> {
    return this.in(tenantId, members.map(scopeOf));
  }

  /** The same of scopes, of which each is another subject's. */
  async in(tenantId: TenantId, all: readonly Scope[]): Promise<ReadonlyMap<SubjectId, readonly KeyId[]>> {
    const scopes = all.filter(({ elements }) => elements?.length !== 0);
    const { own, held } = await this.labelsOf(tenantId, scopes);
    const [found, kept, named] = await Promise.all([
      this.vault.keysOfAll(
        tenantId,
        scopes.map((scope) => ({ owner: scope.subjectId, labels: labelsIn(scope, own) })),
      ),
      this.keptKeys(tenantId, scopes, held),
      this.namedKeys(tenantId, scopes, own),
    ]);
    return new Map(
      scopes.map(({ subjectId, under }) => {
        const keep = new Set(kept.get(subjectId));
        const meant = under === undefined ? null : new Set([...under, ...(named.get(subjectId) ?? [])]);
        const keys = (found.get(subjectId) ?? []).filter((keyId) => meant?.has(keyId) !== false);
        return [subjectId, keys.filter((keyId) => !keep.has(keyId))];
      }),
    );
  }

  /** Where only what rests under some keys is meant: those of what the stores name besides, as packages are. */
  private async namedKeys(
    tenantId: TenantId,
    scopes: readonly Scope[],
    own: Labels,
  ): Promise<ReadonlyMap<Owner, readonly KeyId[]>> {
    const asked = scopes
      .filter(({ under }) => under !== undefined)
      .map(({ subjectId }) => ({ owner: subjectId, labels: own.get(subjectId) ?? [] }));
    return asked.length === 0 ? new Map() : this.vault.keysOfAll(tenantId, asked);
  }

  private async keptKeys(
    tenantId: TenantId,
    scopes: readonly Scope[],
    held: Labels,
  ): Promise<ReadonlyMap<Owner, readonly KeyId[]>> {
    const asked = scopes
      .filter(({ except = [] }) => except.length > 0)
      .map(({ subjectId, except = [] }) => ({
        owner: subjectId,
        labels: [...labelsOf(except), ...(held.get(subjectId) ?? [])],
      }));
    return asked.length === 0 ? new Map() : this.vault.keysOfAll(tenantId, asked);
  }

  /** The labels that only the stores' rows name: `own` in scope, `held` held back. Not asked for the whole. */
  private labelsOf(tenantId: TenantId, scopes: readonly Scope[]): Promise<{ own: Labels; held: Labels }> {
    const partial = scopes.filter((scope) => !isWhole(scope));
    if (partial.length === 0) return Promise.resolve({ own: new Map(), held: new Map() });
    const held = partial.map(({ subjectId, except = [] }) => ({ subjectId, elements: except }));
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const own = await this.ownLabels(tx, partial);
      const all = await this.ownLabels(tx, held);
      // What goes with any part of its subject, as packages do, is not held back by what keeps another part.
      const kept = [...all].map(([subjectId, labels]): [SubjectId, readonly string[]] => [
        subjectId,
        labels.filter((label) => own.get(subjectId)?.includes(label) !== true),
      ]);
      return { own, held: new Map(kept) };
    });
  }

  private async ownLabels(tx: TenantTx, scopes: readonly Scope[]): Promise<Labels> {
    const labels = new Map<SubjectId, readonly string[]>();
    for (const store of this.stores.all()) {
      for (const [subjectId, more] of (await store.keyLabels?.(tx, scopes)) ?? [])
        labels.set(subjectId, [...(labels.get(subjectId) ?? []), ...more]);
    }
    return labels;
  }
}

/** Undefined, which means every key, where all elements are meant. */
const labelsIn = ({ subjectId, elements }: Scope, own: Labels): readonly string[] | undefined =>
  elements === undefined ? undefined : [...labelsOf(elements), ...(own.get(subjectId) ?? [])];

function labelsOf(elements: readonly ElementCode[]): string[] {
  const identities = Object.entries(IDENTITY_ELEMENTS).filter(([, element]) => elements.includes(element));
  return [...elements, ...identities.map(([type]) => type)];
}
