import { type SubjectId, type TenantId } from '@personr/kernel';
import { assertAdmission } from './assert-admission.js';
import { tagsIn } from './find-subjects.js';
import { type Claim, growClaim } from './grow-claim.js';
import { type Holdings } from './grow-owner.js';
import { plantMissing, retryWhenFull } from './grow-owners.js';
import { groupBy } from './group-by.js';
import { storeGrowth } from './growth.repository.js';
import { type OpenHouse, withIndex } from './house.js';
import { claimTags } from './index.repository.js';
import { type KeyStore } from './key-store.js';
import { type KeyStoreTx } from './key-store.database.js';
import { holdOwners } from './keys.repository.js';
import { unknownTenant } from './roots.repository.js';
import { type TreeReading } from './tree-reading.js';
import { type Admission, type Admitted, type Identity, type Owner } from './vault.js';

/** Keeps the promise of `Vault.admitAll`. */
export async function admitAll(
  store: KeyStore,
  tenantId: TenantId,
  admissions: readonly Admission[],
): Promise<readonly Admitted[]> {
  const externalIds = admissions.map(assertAdmission);
  if (admissions.length === 0) return [];
  return retryWhenFull(store, tenantId, () =>
    withIndex(store, tenantId, async (tx, house) => {
      const claims = await claim(tx, house, { admissions, externalIds });
      return admit(tx, house, claims);
    }),
  );
}

/** Whose each admission is. Those of one external id are one claim, however often a batch names it. */
async function claim(
  tx: KeyStoreTx,
  { index }: OpenHouse,
  { admissions, externalIds }: { admissions: readonly Admission[]; externalIds: readonly Identity[] },
): Promise<readonly (Claim & { readonly isKnown: boolean })[]> {
  const macs = index.macs(externalIds);
  const owners = await claimTags(tx, macs, tagsIn(index, macs));
  const known = new Map<string, SubjectId>();
  for (const generation of index.all) {
    index.tags(generation, macs).forEach((tag, at) => {
      const owner = owners.get(tag.toString('hex'));
      if (owner !== undefined) known.set(nameOf(macs[at]), owner);
    });
  }
  const groups = groupBy(admissions.entries(), ([position]) => nameOf(macs[position]));
  return [...groups].map(([name, members]) => {
    const owner = known.get(name);
    return { owner: owner ?? firstCandidate(members), members, isKnown: owner !== undefined };
  });
}

async function admit(
  tx: KeyStoreTx,
  house: OpenHouse,
  claims: readonly (Claim & { readonly isKnown: boolean })[],
): Promise<readonly Admitted[]> {
  const reading = await withKnown(tx, house, claims);
  const owners = claims.map(({ owner }) => owner);
  const { holdings, planted } = await plantMissing(tx, { reading, ground: house.ground }, owners);
  const grown = claims.map((each) => growClaim(house, each, holdingsIn(holdings, each.owner)));
  storeGrowth(tx, {
    tree: reading.tree,
    branches: house.ground.open.regrown().branches,
    nodes: planted.map((owner) => holdingsIn(holdings, owner).node),
    packs: grown.flatMap(({ packs }) => packs),
    entries: grown.flatMap(({ entries }) => entries),
  });
  const inOrder = grown.flatMap(({ admitted }) => admitted).sort(([left], [right]) => left - right);
  return inOrder.map(([, answer]) => answer);
}

/** What those whom the house knows have, read under their locks; of new people there is nothing to read. */
async function withKnown(
  tx: KeyStoreTx,
  { ground, reading }: OpenHouse,
  claims: readonly (Claim & { readonly isKnown: boolean })[],
): Promise<TreeReading> {
  const known = claims.filter(({ isKnown }) => isKnown).map(({ owner }) => owner);
  if (known.length === 0) return { ...reading, nodes: new Map(), packs: [] };
  const held = await holdOwners(tx, reading.tree, known);
  if (held === null) throw unknownTenant();
  ground.open.add(held.branches);
  return held;
}

function holdingsIn(holdings: ReadonlyMap<Owner, Holdings>, owner: Owner): Holdings {
  const found = holdings.get(owner);
  if (found === undefined) throw new Error('a subject was neither found nor planted');
  return found;
}

const nameOf = (mac: Buffer | undefined): string => mac?.toString('hex') ?? '';

function firstCandidate([first]: readonly [number, Admission][]): SubjectId {
  if (first === undefined) throw new Error('a claim has a member');
  return first[1].candidate;
}
