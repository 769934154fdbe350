import { type KeyId, type SubjectId } from '@personr/kernel';
import { newKey, sealBytes, using } from './aead.js';
import { type Grown } from './admission.repository.js';
import { missingIn } from './grow-branch.js';
import { tagOf } from './identity.js';
import { type IndexEntry } from './index.repository.js';
import { type Root } from './keyring.js';
import { type Branch } from './keys.repository.js';
import { fillPack, keysOver, newPackId, openPack, type OpenKey, type Pack } from './pack.js';
import { contextOf } from './use-keys.js';
import { type Admission, type Admitted, type Owner } from './vault.js';
import { type OpenNode, unwrapNode, wrapNode, type WrappedNode } from './wrap.js';

/** Admissions of one subject, each with its place in the batch. */
export type Claim = { readonly owner: SubjectId; readonly members: readonly [number, Admission][] };

/** What claims are grown on: open keys, what the owners have already, and the present. */
export type Grounds = {
  readonly root: Root;
  readonly indexKey: Uint8Array;
  readonly branches: ReadonlyMap<Owner, Branch>;
  readonly at: Date;
};

export type GrownClaim = Grown & { readonly admitted: readonly [number, Admitted][] };

type Keys = ReadonlyMap<string, OpenKey>;

/** Makes what a claim lacks and seals what it brings, in memory: nothing is written, and no key is left open. */
export function growClaim(grounds: Grounds, claim: Claim): GrownClaim {
  const branch = grounds.branches.get(claim.owner);
  const { open, nodes } = nodeOf(grounds.root, claim.owner, branch?.node ?? null);
  return using(open.key, () =>
    withKnown(open, branch?.packs ?? [], (known) => {
      const labels = missingIn({ packs: branch?.packs ?? [] }, { labels: labelsOf(claim) });
      if (labels.length === 0) return { nodes, packs: [], ...harvest(grounds, claim, known) };
      return fillPack(open, { packId: newPackId(grounds.at), labels }, (pack, fresh) => {
        const packs = [{ ...pack, generation: branch?.generation ?? 1, expiresAt: null }];
        return { nodes, packs, ...harvest(grounds, claim, new Map([...known, ...fresh])) };
      });
    }),
  );
}

function nodeOf(
  root: Root,
  owner: Owner,
  node: WrappedNode | null,
): { open: OpenNode & { key: Buffer }; nodes: WrappedNode[] } {
  if (node !== null) return { open: unwrapNode(root, node), nodes: [] };
  const open = { tenantId: root.tenantId, owner, keyVersion: 1, key: newKey() };
  return { open, nodes: [{ owner, rootId: root.rootId, keyVersion: 1, wrapped: wrapNode(root, open) }] };
}

/** Opens every pack of the owner for the length of `work`. */
function withKnown<T>(node: OpenNode, packs: readonly Pack[], work: (keys: Keys) => T): T {
  const opened: Buffer[] = [];
  try {
    const keys = packs.flatMap((pack) => {
      const bytes = openPack(node, pack);
      opened.push(bytes);
      return [...keysOver(pack.packId, pack.labels, bytes)];
    });
    return work(new Map(keys));
  } finally {
    for (const bytes of opened) bytes.fill(0);
  }
}

function harvest(grounds: Grounds, claim: Claim, keys: Keys): Pick<GrownClaim, 'entries' | 'admitted'> {
  return {
    entries: entriesOf(grounds.indexKey, claim, keys),
    admitted: claim.members.map(([position, admission]) => [
      position,
      sealed(grounds.root, claim.owner, { admission, keys }),
    ]),
  };
}

function sealed(
  { tenantId }: Root,
  owner: SubjectId,
  { admission, keys }: { admission: Admission; keys: Keys },
): Admitted {
  const items = admission.seal?.(owner) ?? [];
  return {
    subjectId: owner,
    keys: new Map(labelsOfOne(admission).map((label) => [label, keyFor(keys, label).keyId])),
    sealed: items.map(({ label, binding, plaintext }) => {
      const { keyId, key } = keyFor(keys, label);
      return { keyId, sealed: sealBytes(key, contextOf(tenantId, { keyId, binding }), plaintext) };
    }),
  };
}

/** One entry for each identity, however often the claim names it. */
function entriesOf(indexKey: Uint8Array, { owner, members }: Claim, keys: Keys): IndexEntry[] {
  const identities = members.flatMap(([, admission]) => admission.identities);
  const entries = identities.map((identity) => {
    const { type } = identity;
    return { type, tag: tagOf(indexKey, identity), owner, keyId: keyFor(keys, type).keyId };
  });
  return [...new Map(entries.map((entry) => [`${entry.type} ${entry.tag.toString('hex')}`, entry])).values()];
}

const labelsOf = ({ members }: Claim): string[] => members.flatMap(([, admission]) => labelsOfOne(admission));

const labelsOfOne = ({ labels, identities }: Admission): string[] => [
  ...new Set([...labels, ...identities.map(({ type }) => type)]),
];

function keyFor(keys: Keys, label: string): { keyId: KeyId; key: Uint8Array } {
  const key = keys.get(label);
  if (key === undefined) throw new Error('something is to be sealed under a label that was not asked for');
  return key;
}
