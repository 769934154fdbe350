import { type SubjectId, type TenantId } from '@personr/kernel';
import { type Grown, insertGrown } from './admission.repository.js';
import { assertAdmission } from './assert-admission.js';
import { type Claim, growClaim, type Grounds } from './grow-claim.js';
import { groupBy } from './group-by.js';
import { withIndexKey } from './house.js';
import { tagOf } from './identity.js';
import { claimTags } from './index.repository.js';
import { type KeyStore } from './key-store.js';
import { holdBranches } from './keys.repository.js';
import { type Admission, type Admitted } from './vault.js';

/** Keeps the promise of `Vault.admitAll`. */
export async function admitAll(
  store: KeyStore,
  tenantId: TenantId,
  admissions: readonly Admission[],
): Promise<readonly Admitted[]> {
  const externalIds = admissions.map(assertAdmission);
  if (admissions.length === 0) return [];
  return withIndexKey(store, tenantId, async (tx, { root, indexKey }) => {
    const tags = externalIds.map((externalId) => tagOf(indexKey, externalId));
    const known = await claimTags(tx, tags);
    const claims = claimsOf(admissions, tags, known);
    const branches = await holdBranches(tx, root.rootId, [...known.values()]);
    const grounds: Grounds = { root, indexKey, branches, at: store.clock.now() };
    const grown = claims.map((claim) => growClaim(grounds, claim));
    await insertGrown(tx, together(grown));
    return inOrder(admissions.length, grown);
  });
}

/** Whose each admission is. Those of one external id are one claim, however often a batch names it. */
function claimsOf(
  admissions: readonly Admission[],
  tags: readonly Buffer[],
  known: ReadonlyMap<string, SubjectId>,
): Claim[] {
  const names = tags.map((tag) => tag.toString('hex'));
  const groups = groupBy(admissions.entries(), ([position]) => names[position]);
  return [...groups].map(([name, members]) => ({
    owner: known.get(name ?? '') ?? firstCandidate(members),
    members,
  }));
}

function firstCandidate([first]: readonly [number, Admission][]): SubjectId {
  if (first === undefined) throw new Error('a claim has a member');
  return first[1].candidate;
}

const together = (grown: readonly Grown[]): Grown => ({
  nodes: grown.flatMap(({ nodes }) => nodes),
  packs: grown.flatMap(({ packs }) => packs),
  entries: grown.flatMap(({ entries }) => entries),
});

function inOrder(
  count: number,
  grown: readonly { readonly admitted: readonly [number, Admitted][] }[],
): Admitted[] {
  const answers = new Array<Admitted>(count);
  for (const { admitted } of grown) for (const [position, answer] of admitted) answers[position] = answer;
  return answers;
}
