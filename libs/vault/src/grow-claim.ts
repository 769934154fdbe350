import { type KeyId, type SubjectId, type TenantId } from '@personr/kernel';
import { sealBytes } from './aead.js';
import { growOwner, type Ground, type Holdings } from './grow-owner.js';
import { type Growth } from './growth.repository.js';
import { type IndexEntry } from './index.repository.js';
import { type OpenIndex } from './open-index.js';
import { type OpenKey } from './pack.js';
import { contextOf } from './use-keys.js';
import { type Admission, type Admitted } from './vault.js';

/** Admissions of one subject, each with its place in the batch. */
export type Claim = { readonly owner: SubjectId; readonly members: readonly [number, Admission][] };

export type GrownClaim = Pick<Growth, 'packs' | 'entries'> & {
  readonly admitted: readonly [number, Admitted][];
};

type Keys = ReadonlyMap<string, OpenKey>;

/** Makes what a claim lacks and seals what it brings, in memory: nothing is written. */
export function growClaim(
  { ground, index }: { readonly ground: Ground; readonly index: OpenIndex },
  claim: Claim,
  holdings: Holdings,
): GrownClaim {
  const wanted = { owner: claim.owner, labels: labelsOf(claim), expiresAt: null };
  const { packs, keys } = growOwner(ground, wanted, holdings);
  return {
    packs,
    entries: entriesOf(index, claim, keys),
    admitted: claim.members.map(([position, admission]) => [
      position,
      sealed(ground.tenantId, claim.owner, { admission, keys }),
    ]),
  };
}

function sealed(
  tenantId: TenantId,
  owner: SubjectId,
  { admission, keys }: { admission: Admission; keys: Keys },
): Admitted {
  const items = admission.seal?.(owner) ?? [];
  const keyIds = new Map<string, KeyId>();
  for (const label of labelsOfOne(admission)) keyIds.set(label, keyFor(keys, label).keyId);
  return {
    subjectId: owner,
    keys: keyIds,
    sealed: items.map(({ label, binding, plaintext }) => {
      const { keyId, key } = keyFor(keys, label);
      return { keyId, sealed: sealBytes(key, contextOf(tenantId, { keyId, binding }), plaintext) };
    }),
  };
}

/** One entry for each identity, however often the claim names it. */
function entriesOf(index: OpenIndex, { owner, members }: Claim, keys: Keys): IndexEntry[] {
  const identities = members.flatMap(([, admission]) => admission.identities);
  const generation = index.current;
  const tags = index.tags(generation, index.macs(identities));
  const entries = identities.map(({ type }, at): [string, IndexEntry] => {
    const tag = tags[at] ?? Buffer.alloc(0);
    return [tag.toString('hex'), { generation, type, tag, owner, keyId: keyFor(keys, type).keyId }];
  });
  return [...new Map(entries).values()];
}

const labelsOf = ({ members }: Claim): string[] => members.flatMap(([, admission]) => labelsOfOne(admission));

/** Of every value and every identity, repetitions included. */
const labelsOfOne = ({ labels, identities }: Admission): string[] => [
  ...labels,
  ...identities.map(({ type }) => type),
];

function keyFor(keys: Keys, label: string): { keyId: KeyId; key: Uint8Array } {
  const key = keys.get(label);
  if (key === undefined) throw new Error('something is to be sealed under a label that was not asked for');
  return key;
}
