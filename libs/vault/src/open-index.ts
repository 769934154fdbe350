import { createCipheriv, createDecipheriv } from 'node:crypto';
import { HOUSE_PREFIX } from './grow-owner.js';
import { macOf, TAG_BYTES } from './identity.js';
import { type OpenKey } from './pack.js';
import { type Identity } from './vault.js';

/** The key of the MACs that every generation of the index is made from. It is never shredded while the tenant is here. */
export const INDEX_LABEL = `${HOUSE_PREFIX}blind-index`;

const GENERATION_PREFIX = `${HOUSE_PREFIX}index-generation:`;
const CIPHER = 'aes-256-ecb';

/** The label of the key of one generation of the index. */
export const generationLabel = (generation: number): string => `${GENERATION_PREFIX}${String(generation)}`;

/** A value of the index: what an identity is known by in one generation. */
export type IndexTag = { readonly generation: number; readonly tag: Buffer };

/**
 * The blind index of a tenant, open. A tag is the identity's MAC as one block of AES-256 under the key of its
 * generation: equal for equal identities, and once that key is shredded no guess can be confirmed by it, although the
 * key of the MACs lives. Single blocks of pseudorandom input need no mode of operation; each is only ever compared.
 */
export class OpenIndex {
  private readonly macKey: Uint8Array;
  private readonly generations = new Map<number, Uint8Array>();

  /** Over keys by label, which somebody else overwrites. */
  constructor(keys: ReadonlyMap<string, OpenKey>) {
    const mac = keys.get(INDEX_LABEL);
    if (mac === undefined) throw new Error('the house has no index key');
    this.macKey = mac.key;
    for (const [label, { key }] of keys) {
      if (label.startsWith(GENERATION_PREFIX))
        this.generations.set(Number(label.slice(GENERATION_PREFIX.length)), key);
    }
  }

  /** The generation that new entries belong to. */
  get current(): number {
    return Math.max(...this.generations.keys());
  }

  /** Every generation that entries may belong to, the newest last. More than one while the index is being renewed. */
  get all(): number[] {
    return [...this.generations.keys()].sort((left, right) => left - right);
  }

  /** MACs of identities, from which tags of any generation are made. They are secret. */
  macs(identities: readonly Identity[]): Buffer[] {
    return identities.map((identity) => macOf(this.macKey, identity));
  }

  /** What these MACs are known by in one generation, in order. */
  tags(generation: number, macs: readonly Uint8Array[]): Buffer[] {
    const cipher = createCipheriv(CIPHER, this.keyOf(generation), null).setAutoPadding(false);
    return blocksOf(cipher.update(Buffer.concat(macs)));
  }

  /** The MACs that these tags of one generation were made from, in order. */
  macsOf(generation: number, tags: readonly Uint8Array[]): Buffer[] {
    const decipher = createDecipheriv(CIPHER, this.keyOf(generation), null).setAutoPadding(false);
    return blocksOf(decipher.update(Buffer.concat(tags)));
  }

  private keyOf(generation: number): Uint8Array {
    const key = this.generations.get(generation);
    if (key === undefined) throw new Error('the index has no such generation');
    return key;
  }
}

const blocksOf = (bytes: Buffer): Buffer[] =>
  Array.from({ length: bytes.length / TAG_BYTES }, (_, at) =>
    bytes.subarray(at * TAG_BYTES, (at + 1) * TAG_BYTES),
  );
