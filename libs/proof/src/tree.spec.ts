import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { utf8 } from './bytes.js';
import { ReferenceTree } from './reference-tree.spec-helper.js';
import { EMPTY_ROOT, hashLeaf, hashNode, verifyConsistency, verifyInclusion } from './tree.js';

const SIZES = 300;
const entries = Array.from({ length: SIZES }, (_, at) => utf8(`entry ${at}`));
const reference = new ReferenceTree(entries);
const leaves = entries.map(hashLeaf);
const root = (size: number) => reference.root(0, size);
const invalid = expect.objectContaining({ code: 'PROOF_INVALID' }) as Error;

/** Every number below `end` up to 48; above that the edges, the neighbours of powers of two and some between. */
const sample = (end: number): number[] =>
  Array.from({ length: end }, (_, at) => at).filter(
    (at) =>
      end <= 48 || at < 2 || at > end - 3 || Number.isInteger(Math.log2(at)) || (at * 7 + end) % 41 === 0,
  );

/** The same path with one bit turned; which one hangs on `seed`. */
function flip(path: readonly Uint8Array[], seed: number): Uint8Array[] {
  const copy = path.map((hash) => hash.slice());
  copy[seed % copy.length]![(seed * 7) % 32]! ^= 1 << (seed % 8);
  return copy;
}

// The tree of 8 leaves that certificate-transparency and its successors test with.
const KNOWN_ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => hexToBytes(hex));
const KNOWN_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
].map((hex) => hexToBytes(hex));
const path = (...hexes: string[]) => hexes.map((hex) => hexToBytes(hex));

describe('known answers of certificate-transparency', () => {
  it('has the root of the empty tree', () => {
    expect(bytesToHex(EMPTY_ROOT)).toBe(bytesToHex(KNOWN_ROOTS[0]!));
  });

  it('hashes leaves and nodes as RFC 6962 does', () => {
    const [first, second] = KNOWN_ENTRIES.map(hashLeaf);
    expect(bytesToHex(first!)).toBe(bytesToHex(KNOWN_ROOTS[1]!));
    expect(bytesToHex(hashNode(first!, second!))).toBe(bytesToHex(KNOWN_ROOTS[2]!));
  });

  it('accepts the published inclusion paths', () => {
    const first = path(
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    );
    const sixth = path(
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    );
    verifyInclusion(hashLeaf(KNOWN_ENTRIES[0]!), { index: 0, size: 8, path: first }, KNOWN_ROOTS[8]!);
    verifyInclusion(hashLeaf(KNOWN_ENTRIES[5]!), { index: 5, size: 8, path: sixth }, KNOWN_ROOTS[8]!);
    expect(() => {
      verifyInclusion(hashLeaf(KNOWN_ENTRIES[5]!), { index: 5, size: 8, path: first }, KNOWN_ROOTS[8]!);
    }).toThrow(invalid);
  });

  it('accepts the published consistency paths', () => {
    const fromSix = path(
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    );
    const fromTwo = path(
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    );
    verifyConsistency({ oldSize: 6, newSize: 8, path: fromSix }, KNOWN_ROOTS[6]!, KNOWN_ROOTS[8]!);
    verifyConsistency({ oldSize: 2, newSize: 5, path: fromTwo }, KNOWN_ROOTS[2]!, KNOWN_ROOTS[5]!);
    expect(() => {
      verifyConsistency({ oldSize: 6, newSize: 8, path: fromTwo }, KNOWN_ROOTS[6]!, KNOWN_ROOTS[8]!);
    }).toThrow(invalid);
  });
});

describe('an inclusion proof', () => {
  it('is accepted in every tree of 1 to 300 leaves', () => {
    for (let size = 1; size <= SIZES; size++) {
      for (const index of sample(size)) {
        const proof = { index, size, path: reference.inclusion(index, 0, size) };
        verifyInclusion(leaves[index]!, proof, root(size));
      }
    }
    expect(reference.inclusion(0, 0, SIZES)).toHaveLength(9);
  });

  it('is refused with one bit turned, another leaf, a hash more or a hash less', () => {
    for (let size = 2; size <= SIZES; size += 7) {
      for (const index of sample(size)) {
        const good = reference.inclusion(index, 0, size);
        const refused = (changed: Uint8Array[], leaf = leaves[index]!) => {
          expect(() => {
            verifyInclusion(leaf, { index, size, path: changed }, root(size));
          }).toThrow(invalid);
        };
        refused(flip(good, size + index));
        refused([...good, root(size)]);
        refused(good.slice(0, -1));
        refused(good, leaves[(index + 1) % size]);
      }
    }
  });

  it('is refused at any other index', () => {
    for (let index = 0; index < 40; index++) {
      if (index === 17) continue;
      expect(() => {
        verifyInclusion(leaves[17]!, { index, size: 33, path: reference.inclusion(17, 0, 33) }, root(33));
      }).toThrow(invalid);
    }
  });

  it.each([-1, 0.5, NaN, 2 ** 53])('refuses the index %p', (index) => {
    expect(() => {
      verifyInclusion(leaves[0]!, { index, size: 1, path: [] }, root(1));
    }).toThrow(invalid);
  });

  it('refuses bytes moved from one hash to the next', () => {
    const [sibling] = reference.inclusion(0, 0, 2);
    const longer = Uint8Array.of(...leaves[0]!, sibling![0]!);
    expect(() => {
      verifyInclusion(longer, { index: 0, size: 2, path: [sibling!.slice(1)] }, root(2));
    }).toThrow(/not 32 bytes/);
  });

  it('refuses an inner node that is passed off as a leaf', () => {
    expect(() => {
      verifyInclusion(reference.root(0, 2), { index: 0, size: 4, path: [reference.root(2, 4)] }, root(4));
    }).toThrow(/too short/);
  });
});

describe('a consistency proof', () => {
  it('is accepted to every size from 0 to 300', () => {
    for (let newSize = 0; newSize <= SIZES; newSize++) {
      for (const oldSize of sample(newSize + 1)) {
        const steps = oldSize === 0 ? [] : reference.consistency(oldSize, newSize);
        verifyConsistency({ oldSize, newSize, path: steps }, root(oldSize), root(newSize));
      }
    }
    expect(reference.consistency(299, SIZES)).not.toHaveLength(0);
  });

  it('is refused with one bit turned, another root, a hash more or a hash less', () => {
    for (let newSize = 2; newSize <= SIZES; newSize += 7) {
      for (const oldSize of sample(newSize).slice(1)) {
        const good = reference.consistency(oldSize, newSize);
        const refused = (changed: Uint8Array[], before = root(oldSize), after = root(newSize)) => {
          expect(() => {
            verifyConsistency({ oldSize, newSize, path: changed }, before, after);
          }).toThrow(invalid);
        };
        refused(flip(good, oldSize + newSize));
        refused([...good, root(newSize)]);
        refused(good.slice(0, -1));
        refused(good, flip([root(oldSize)], newSize)[0]);
        refused(good, root(oldSize), flip([root(newSize)], oldSize)[0]);
      }
    }
  });

  it('refuses a tree that forgot an entry', () => {
    expect(() => {
      verifyConsistency({ oldSize: 5, newSize: 4, path: [] }, root(5), root(4));
    }).toThrow(invalid);
  });

  it('refuses two roots for one size, and a path where none is needed', () => {
    const refused = (oldSize: number, steps: Uint8Array[], before: Uint8Array) => {
      expect(() => {
        verifyConsistency({ oldSize, newSize: 4, path: steps }, before, root(4));
      }).toThrow(invalid);
    };
    refused(4, [], root(3));
    refused(4, [root(1)], root(4));
    refused(0, [root(1)], EMPTY_ROOT);
    refused(0, [], root(1));
    refused(3, [], root(3));
    expect(() => {
      const steps = [...reference.consistency(3, 4), root(1)];
      verifyConsistency({ oldSize: 3, newSize: 4, path: steps }, root(3), root(4));
    }).toThrow(/too long/);
  });
});
