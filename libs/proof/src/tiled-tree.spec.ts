import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { utf8 } from './bytes.js';
import { growTree } from './grow-tree.js';
import { ReferenceTree } from './reference-tree.spec-helper.js';
import { MemoryLog } from './testing.js';
import { consistencyPath, inclusionPath, treeRoot } from './tiled-tree.js';
import { EMPTY_ROOT, hashLeaf, verifyConsistency, verifyInclusion } from './tree.js';

const GOLDEN = [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000];
const entries = Array.from({ length: 70_000 }, (_, at) => utf8(`entry ${at}`));
const leaves = entries.map(hashLeaf);
const reference = new ReferenceTree(entries);
const log = new MemoryLog();
const invalid = expect.objectContaining({ code: 'PROOF_INVALID' }) as Error;

/** The tiles written when the log grows to `size`: level/index/width, without the full ones of level 0. */
async function growTo(size: number): Promise<string[]> {
  const tiles = await log.append(leaves.slice(log.size, size));
  return tiles
    .filter(({ level, width }) => width < 256 || level > 0)
    .map(({ level, index, width }) => `${level}/${index}/${width}`);
}

const written = new Map<number, string[]>();

beforeAll(async () => {
  for (const size of GOLDEN) written.set(size, await growTo(size));
});

const hex = (tiles: ReadonlyMap<string, Uint8Array>) =>
  [...tiles].map(([place, hashes]) => `${place} ${bytesToHex(hashes)}`).sort();

describe('a log in tiles', () => {
  it.each(GOLDEN)('of %p leaves has the root that RFC 6962 defines', async (size) => {
    expect(await treeRoot(size, log.reader)).toEqual(reference.root(0, size));
  });

  it('of no leaves has the empty root', async () => {
    expect(await treeRoot(0, log.reader)).toEqual(EMPTY_ROOT);
  });

  it('never hashes a partial tile upward and has no empty tile', () => {
    expect(Object.fromEntries(written)).toEqual({
      1: ['0/0/1'],
      255: ['0/0/255'],
      256: ['1/0/1'],
      257: ['0/1/1'],
      65_535: ['0/255/255', '1/0/255'],
      65_536: ['1/0/256', '2/0/1'],
      65_537: ['0/256/1'],
      70_000: ['0/273/112', '1/1/17'],
    });
    expect([...log.tiles.keys()].filter((key) => key.startsWith('0/'))).toHaveLength(274);
  });

  it('is the same log however many leaves come at once, at every size up to 300', async () => {
    const slow = new MemoryLog();
    for (let size = 1; size <= 300; size++) {
      const tiles = await slow.append([leaves[size - 1]!]);
      expect(slow.root).toEqual(reference.root(0, size));
      expect(tiles.map(({ level }) => level)).toEqual(size === 256 ? [0, 1] : [0]);
    }
    const fast = new MemoryLog();
    await fast.append(leaves.slice(0, 300));
    expect(hex(fast.tiles)).toEqual(hex(slow.tiles));
  });

  it('is the same log for any batches', async () => {
    const batches = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(batches, async (sizes) => {
        const batched = new MemoryLog();
        for (const size of sizes) await batched.append(leaves.slice(batched.size, batched.size + size));
        const whole = new MemoryLog();
        await whole.append(leaves.slice(0, batched.size));
        expect(hex(batched.tiles)).toEqual(hex(whole.tiles));
        expect(batched.root).toEqual(whole.root);
      }),
      { numRuns: 20 },
    );
  });

  it('gives inclusion paths that verify, sampled over all sizes to 300 and at the golden sizes', async () => {
    for (const size of [...Array.from({ length: 300 }, (_, at) => at + 1), ...GOLDEN]) {
      for (const index of new Set([0, Math.floor(size / 2), (size * 37) % size, size - 1])) {
        const path = await inclusionPath(index, size, log.reader);
        expect(path).toEqual(reference.inclusion(index, 0, size));
        verifyInclusion(leaves[index]!, { index, size, path }, reference.root(0, size));
      }
    }
  });

  it('gives consistency paths that verify, sampled over all sizes to 300 and at the golden sizes', async () => {
    for (const newSize of [...Array.from({ length: 300 }, (_, at) => at + 1), ...GOLDEN]) {
      for (const oldSize of new Set([1, Math.ceil(newSize / 2), Math.max(1, newSize - 1), newSize])) {
        const path = await consistencyPath(oldSize, newSize, log.reader);
        expect(path).toEqual(reference.consistency(oldSize, newSize));
        const roots = [reference.root(0, oldSize), reference.root(0, newSize)] as const;
        verifyConsistency({ oldSize, newSize, path }, ...roots);
      }
    }
    expect(await consistencyPath(0, 300, log.reader)).toEqual([]);
  });

  it.each([2, 7, 8, 255, 257, 65_536, 70_000])(
    'gives proofs of %p leaves of which no bit can be turned',
    async (size) => {
      const turned = (path: readonly Uint8Array[], bit: number) =>
        path.map((hash, at) => {
          const copy = hash.slice();
          if (at === bit >> 8) copy[(bit >> 3) % 32]! ^= 1 << (bit & 7);
          return copy;
        });
      const root = reference.root(0, size);
      const [index, oldSize] = [Math.floor(size / 3), Math.ceil(size / 2)];
      const included = await inclusionPath(index, size, log.reader);
      for (let bit = 0; bit < included.length * 256; bit++) {
        const proof = { index, size, path: turned(included, bit) };
        expect(() => {
          verifyInclusion(leaves[index]!, proof, root);
        }).toThrow(invalid);
      }
      const grown = await consistencyPath(oldSize, size, log.reader);
      for (let bit = 0; bit < grown.length * 256; bit++) {
        const proof = { oldSize, newSize: size, path: turned(grown, bit) };
        expect(() => {
          verifyConsistency(proof, reference.root(0, oldSize), root);
        }).toThrow(invalid);
      }
    },
  );

  it('asks only for tiles of the size it was asked about, so an older checkpoint can be served', async () => {
    const asked: string[] = [];
    await inclusionPath(3, 300, (level, index, width) => {
      asked.push(`${level}/${index}/${width}`);
      return log.reader(level, index, width);
    });
    expect(asked.sort()).toEqual(['0/0/256', '0/1/44']);
  });

  it('refuses a reader that does not trim, or gives too little', async () => {
    const wide = () => Promise.resolve(new Uint8Array(256 * 32));
    await expect(treeRoot(3, wide)).rejects.toThrow(invalid);
    await expect(growTree(3, [leaves[3]!], wide)).rejects.toThrow(invalid);
    await expect(treeRoot(3, () => Promise.resolve(new Uint8Array(64)))).rejects.toThrow(invalid);
  });

  it('refuses what is outside the tree, and leaves that are not hashes', async () => {
    await expect(inclusionPath(300, 300, log.reader)).rejects.toThrow(invalid);
    await expect(consistencyPath(301, 300, log.reader)).rejects.toThrow(invalid);
    await expect(treeRoot(-1, log.reader)).rejects.toThrow(invalid);
    await expect(growTree(0, [new Uint8Array(31)], log.reader)).rejects.toThrow(invalid);
  });
});
