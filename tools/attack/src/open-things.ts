import { decryptBare, encryptBlocks } from './formats.js';
import { type Thing } from './loot.js';
import { isWhole } from './read-data.js';
import { type Got } from './unwrap.js';

const BLOCK_BYTES = 16;

/** What came of it: the things that a key opens, and how many pairs were tried. */
export type Opened = { readonly things: ReadonlySet<Thing>; readonly tries: number };

/**
 * Tries every key on every sealed value, whatever the value says its key is, whatever it is bound to and whosever it is: a
 * key is the right one if it makes the keystream that turns a block of the ciphertext into what is known to stand there.
 */
export function openThings(keys: readonly Got[], things: readonly Thing[]): Opened {
  const counters = Buffer.concat(things.map(({ counter }) => counter));
  const wanted = Buffer.concat(things.map(({ keystream }) => keystream));
  const heads = Uint32Array.from(things, ({ keystream }) => keystream.readUInt32LE(0));
  const opened = new Set<Thing>();
  const distinct = new Map(keys.map(({ key }) => [key.toString('latin1'), key]));
  for (const key of distinct.values()) {
    const streams = encryptBlocks(key, counters);
    for (let place = 0; place < heads.length; place += 1) {
      const at = place * BLOCK_BYTES;
      if (streams.readUInt32LE(at) !== heads[place]) continue;
      const thing = things[place];
      if (thing !== undefined && streams.compare(wanted, at, at + BLOCK_BYTES, at, at + BLOCK_BYTES) === 0) {
        opened.add(thing);
      }
    }
  }
  return { things: opened, tries: distinct.size * things.length };
}

/** Those things that are read whole with the key they name. */
export function readWhole(keys: readonly Got[], things: readonly Thing[]): ReadonlySet<Thing> {
  const byId = new Map(keys.flatMap(({ id, key }) => (id === null ? [] : [[id, key] as const])));
  return new Set(
    things.filter((thing) => {
      const key = byId.get(thing.keyId);
      return key !== undefined && isWhole(thing, decryptBare(key, thing.bare));
    }),
  );
}
