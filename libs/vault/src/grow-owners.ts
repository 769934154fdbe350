import { claimPlaces, TreeFull } from './claim-places.js';
import {
  growOwner,
  type Ground,
  type GrownOwner,
  type Holdings,
  holdingsOf,
  newHoldings,
  type Wanted,
} from './grow-owner.js';
import { storeGrowth } from './growth.repository.js';
import { type KeyStore } from './key-store.js';
import { type KeyStoreTx } from './key-store.database.js';
import { holdOwners } from './keys.repository.js';
import { withTree } from './open-root.js';
import { type OpenKey } from './pack.js';
import { raiseTree } from './raise-tree.js';
import { unknownTenant } from './roots.repository.js';
import { type TenantId } from '@personr/kernel';
import { type TreeReading } from './tree-reading.js';
import { type Owner, type Tree } from './vault.js';

/** The keys that each owner wanted, by label, open until the call ends. */
export type OwnersKeys = ReadonlyMap<Owner, ReadonlyMap<string, OpenKey>>;

/**
 * Makes what these owners lack, in one transaction under the tenant's shared lock, and runs `work` with the keys they
 * wanted, before it commits. Throws `KEY_STORE_STALE` for an unknown tenant.
 */
export function growOwners<T>(
  store: KeyStore,
  { tenantId, tree, wanted }: { tenantId: TenantId; tree: Tree; wanted: readonly Wanted[] },
  work: (keys: OwnersKeys) => T,
): Promise<T> {
  return retryWhenFull(store, tenantId, () =>
    store.database.forTenant(tenantId, 'SHARED', (tx) => growIn(store, tx, { tree, wanted }, work)),
  );
}

async function growIn<T>(
  { keyring, clock }: KeyStore,
  tx: KeyStoreTx,
  { tree, wanted }: { tree: Tree; wanted: readonly Wanted[] },
  work: (keys: OwnersKeys) => T,
): Promise<T> {
  const owners = wanted.map(({ owner }) => owner);
  const reading = await holdOwners(tx, tree, owners);
  if (reading === null) throw unknownTenant();
  return withTree(tx, keyring, reading, async (open) => {
    const ground = { tenantId: tx.tenantId, open, at: clock.now() };
    const { holdings, planted } = await plantMissing(tx, { reading, ground }, owners);
    const grown = new Map(
      wanted.map((want) => [want.owner, growOwner(ground, want, have(holdings, want.owner))]),
    );
    const packs = [...grown.values()].flatMap((each) => each.packs);
    if (packs.length > 0) {
      const nodes = planted.map((owner) => have(holdings, owner).node);
      storeGrowth(tx, { tree, branches: open.regrown().branches, nodes, packs, entries: [] });
    }
    return work(keysOf(grown));
  });
}

/** What each owner has; those without a node get one, in the open tree only. */
export async function plantMissing(
  tx: KeyStoreTx,
  { reading, ground: { open } }: { readonly reading: TreeReading; readonly ground: Ground },
  owners: readonly Owner[],
): Promise<{ holdings: ReadonlyMap<Owner, Holdings>; planted: Owner[] }> {
  const planted = [...new Set(owners)].filter((owner) => !reading.nodes.has(owner));
  const places = await claimPlaces(tx, { open, name: reading }, planted.length);
  const known = [...reading.nodes.keys()].flatMap((owner) => pair(owner, holdingsOf(reading, owner)));
  const fresh = planted.flatMap((owner, at) => pair(owner, newAt(owner, places[at])));
  return { holdings: new Map([...known, ...fresh]), planted };
}

/** Runs `work`; where a tree had no room it is raised, and `work` runs again. */
export async function retryWhenFull<T>(
  store: KeyStore,
  tenantId: TenantId,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TreeFull)) throw error;
      await raiseTree(store, tenantId, error.tree);
    }
  }
}

const newAt = (owner: Owner, place: number | undefined): Holdings | null =>
  place === undefined ? null : newHoldings(owner, place);

const pair = (owner: Owner, holdings: Holdings | null): [Owner, Holdings][] =>
  holdings === null ? [] : [[owner, holdings]];

function have(holdings: ReadonlyMap<Owner, Holdings>, owner: Owner): Holdings {
  const found = holdings.get(owner);
  if (found === undefined) throw new Error('an owner was neither found nor planted');
  return found;
}

const keysOf = (grown: ReadonlyMap<Owner, GrownOwner>): OwnersKeys =>
  new Map([...grown].map(([owner, { keys }]) => [owner, keys]));
