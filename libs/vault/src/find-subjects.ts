import { type SubjectId, type TenantId } from '@personr/kernel';
import { withIndex } from './house.js';
import { normalise } from './identity.js';
import { findOwners } from './index.repository.js';
import { type KeyStore } from './key-store.js';
import { type IndexTag, type OpenIndex } from './open-index.js';
import { type Identity } from './vault.js';

/** Keeps the promise of `Vault.findAll`. */
export async function findAllSubjects(
  store: KeyStore,
  tenantId: TenantId,
  identities: readonly Identity[],
): Promise<SubjectId[][]> {
  const named = identities.filter((identity) => normalise(identity) !== '');
  if (named.length === 0) return identities.map(() => []);
  return withIndex(store, tenantId, async (tx, { index }) => {
    const macs = index.macs(named);
    const found = groupedByTag(await findOwners(tx, tagsIn(index, macs)));
    const owners = new Map(named.map((identity, at) => [identity, ownersOf(index, macs[at], found)]));
    return identities.map((identity) => owners.get(identity) ?? []);
  });
}

/** What these MACs are known by in every generation that there is. */
export const tagsIn = (index: OpenIndex, macs: readonly Uint8Array[]): IndexTag[] =>
  index.all.flatMap((generation) => index.tags(generation, macs).map((tag) => ({ generation, tag })));

const nameOf = ({ generation, tag }: IndexTag): string => `${String(generation)} ${tag.toString('hex')}`;

function groupedByTag(found: readonly (IndexTag & { readonly owner: SubjectId })[]) {
  const grouped = new Map<string, SubjectId[]>();
  for (const entry of found) grouped.set(nameOf(entry), [...(grouped.get(nameOf(entry)) ?? []), entry.owner]);
  return grouped;
}

function ownersOf(
  index: OpenIndex,
  mac: Uint8Array | undefined,
  found: ReadonlyMap<string, readonly SubjectId[]>,
): SubjectId[] {
  const tags = mac === undefined ? [] : tagsIn(index, [mac]);
  return [...new Set(tags.flatMap((tag) => found.get(nameOf(tag)) ?? []))].sort();
}
