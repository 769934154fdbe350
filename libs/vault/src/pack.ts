import { randomBytes } from 'node:crypto';
import { DomainError, type KeyId, newId } from '@personr/kernel';
import { KEY_BYTES, openBytes, sealBytes, using } from './aead.js';
import { type OpenNode } from './node.js';
import { type Owner } from './vault.js';

/** The id of a pack: that of its first key. */
export type PackId = KeyId;

/** How many keys a pack may hold: its keys' ids differ in their last twelve bits. */
export const PACK_KEYS = 4096;

const PLACE_DIGITS = 3;

/** Data keys that an owner got at one time, as the key store holds them: sealed as one under the owner's node. */
export type Pack = {
  readonly packId: PackId;
  readonly owner: Owner;
  /** The label of each key by its place; null where the key was shredded. */
  readonly labels: readonly (string | null)[];
  readonly sealed: Uint8Array;
};

/** A data key in the open, with its id. Whoever opened the pack overwrites it. */
export type OpenKey = { readonly keyId: KeyId; readonly key: Uint8Array };

/** The id of a new pack. */
export const newPackId = (at: Date): PackId => packIdOf(newId<'key'>(at));

/** The pack that a key of this id is in, if there is one. */
export const packIdOf = (keyId: KeyId): PackId =>
  `${keyId.slice(0, -PLACE_DIGITS)}${'0'.repeat(PLACE_DIGITS)}` as PackId;

/** The place of a key in its pack. */
export const placeOf = (keyId: KeyId): number => Number.parseInt(keyId.slice(-PLACE_DIGITS), 16);

/** The id of the key at this place of a pack. */
export const keyIdAt = (packId: PackId, place: number): KeyId =>
  (packId.slice(0, -PLACE_DIGITS) + place.toString(16).padStart(PLACE_DIGITS, '0')) as KeyId;

/** The ids of the keys that a pack still holds, by label. */
export const keysIn = ({ packId, labels }: Pick<Pack, 'packId' | 'labels'>): [label: string, KeyId][] =>
  labels.flatMap((label, place) => (label === null ? [] : [[label, keyIdAt(packId, place)]]));

/** The pack that holds a key for this label. */
export const packFor = (packs: readonly Pack[], label: string): Pack | undefined =>
  packs.find(({ labels }) => labels.includes(label));

/**
 * Makes a key for each label and seals them under the node. Whoever asked overwrites the bytes: the keys, one after
 * the other. Throws `VALIDATION_FAILED` for more labels than a pack has places.
 */
export function fillPack(
  node: OpenNode,
  { packId, labels }: Pick<Pack, 'packId'> & { readonly labels: readonly string[] },
): { readonly pack: Pack; readonly bytes: Buffer } {
  if (labels.length > PACK_KEYS) {
    throw new DomainError('VALIDATION_FAILED', `At most ${String(PACK_KEYS)} keys are made at once.`);
  }
  const bytes = randomBytes(KEY_BYTES * labels.length);
  const sealed = sealBytes(node.key, contextOf(node, packId, labels), bytes);
  return { pack: { packId, owner: node.owner, labels, sealed }, bytes };
}

/**
 * Opens a pack under its node, hands its keys to `work` by label and overwrites them. Throws `SEAL_BROKEN` when
 * tenant, owner, version, node key, id or any label is another than it was sealed with.
 */
export function withPack<T>(node: OpenNode, pack: Pack, work: (keys: ReadonlyMap<string, OpenKey>) => T): T {
  const bytes = openPack(node, pack);
  try {
    return work(keysOver(pack.packId, pack.labels, bytes));
  } finally {
    bytes.fill(0);
  }
}

/** Opens a pack. Whoever asked overwrites the bytes: the keys that are left, one after the other. */
export const openPack = (node: OpenNode, { packId, labels, sealed }: Pack): Buffer =>
  openBytes(node.key, contextOf(node, packId, labels), sealed);

/** Seals a pack anew under another node, without the keys at the places that go. */
export function repack(
  pack: Pack,
  { from, to, gone }: { from: OpenNode; to: OpenNode; gone: ReadonlySet<KeyId> },
): Pack {
  const labels = pack.labels.map((label, place) => (gone.has(keyIdAt(pack.packId, place)) ? null : label));
  return withPack(from, pack, (keys) => {
    const left = [...keys.values()].filter(({ keyId }) => !gone.has(keyId));
    const bytes = Buffer.concat(left.map(({ key }) => key));
    const sealed = using(bytes, () => sealBytes(to.key, contextOf(to, pack.packId, labels), bytes));
    return { ...pack, labels, sealed };
  });
}

/** The key at each place that is left, over the bytes of the opened pack. */
export function keysOver(
  packId: PackId,
  labels: readonly (string | null)[],
  bytes: Uint8Array,
): Map<string, OpenKey> {
  const keys = new Map<string, OpenKey>();
  labels.forEach((label, place) => {
    if (label === null) return;
    const start = keys.size * KEY_BYTES;
    keys.set(label, { keyId: keyIdAt(packId, place), key: bytes.subarray(start, start + KEY_BYTES) });
  });
  return keys;
}

/** No label is empty, so an empty one stands for a key that is gone. */
const contextOf = (node: OpenNode, packId: PackId, labels: readonly (string | null)[]): string[] => [
  'pack',
  node.tenantId,
  node.owner,
  packId,
  String(node.keyVersion),
  ...labels.map((label) => label ?? ''),
];
