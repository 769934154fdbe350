import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { same } from './bytes.js';
import { checkCount, invalid } from './refusal.js';

/** Length of every hash here, in bytes: SHA-256. */
export const HASH_BYTES = 32;

// RFC 6962, section 2.1: the prefixes keep a leaf from ever passing as a node.
const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

/** The root of a tree without entries: SHA-256 of nothing. RFC 6962, section 2.1. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** The hash of an entry as a leaf: SHA-256(0x00 + entry). RFC 6962, section 2.1. */
export const hashLeaf = (entry: Uint8Array): Uint8Array => sha256(concatBytes(LEAF, entry));

/** The hash over two subtrees: SHA-256(0x01 + left + right). RFC 6962, section 2.1. */
export const hashNode = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(concatBytes(NODE, left, right));

/** Shows that a leaf is at `index` (from 0) of a tree of `size` leaves; `path` goes from the leaf up. */
export type InclusionProof = { index: number; size: number; path: readonly Uint8Array[] };

/** Shows that a tree of `newSize` leaves begins with the tree of `oldSize` leaves. */
export type ConsistencyProof = { oldSize: number; newSize: number; path: readonly Uint8Array[] };

const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;

/**
 * Throws `PROOF_INVALID` unless `leafHash` is the leaf at `index` of the tree whose root is `root`.
 * RFC 9162, section 2.1.3.2.
 */
export function verifyInclusion(leafHash: Uint8Array, proof: InclusionProof, root: Uint8Array): void {
  checkHashes([leafHash, ...proof.path, root]);
  let at = checkCount(proof.index, 'index');
  if (at >= checkCount(proof.size, 'tree size')) throw invalid('The index is outside the tree.');
  let last = proof.size - 1;
  let hash = leafHash;
  for (const sibling of proof.path) {
    if (last === 0) throw invalid('The inclusion path is too long.');
    if (isOdd(at) || at === last) {
      hash = hashNode(sibling, hash);
      [at, last] = skipLefts(at, last);
    } else {
      hash = hashNode(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  if (last !== 0) throw invalid('The inclusion path is too short.');
  if (!same(hash, root)) throw invalid('The inclusion path does not lead to the root.');
}

/**
 * Throws `PROOF_INVALID` unless the tree with `newRoot` is the tree with `oldRoot` plus later entries.
 * RFC 9162, section 2.1.4.2. Every tree begins with the empty tree and with itself, by an empty path.
 */
export function verifyConsistency(proof: ConsistencyProof, oldRoot: Uint8Array, newRoot: Uint8Array): void {
  checkHashes([...proof.path, oldRoot, newRoot]);
  const { oldSize, newSize, path } = proof;
  if (checkCount(oldSize, 'old size') > checkCount(newSize, 'new size')) {
    throw invalid('The newer tree is smaller than the older one.');
  }
  if (oldSize === 0 || oldSize === newSize) {
    verifySameStart(proof, oldRoot, newRoot);
    return;
  }
  const roots = climb(proof, isPowerOfTwo(oldSize) ? [oldRoot, ...path] : path);
  if (!same(roots.old, oldRoot)) throw invalid('The consistency path does not lead to the older root.');
  if (!same(roots.new, newRoot)) throw invalid('The consistency path does not lead to the newer root.');
}

function verifySameStart(proof: ConsistencyProof, oldRoot: Uint8Array, newRoot: Uint8Array): void {
  const { oldSize, newSize, path } = proof;
  if (path.length > 0) throw invalid('The consistency path is too long.');
  if (newSize === 0 && !same(newRoot, EMPTY_ROOT)) throw invalid('The root of an empty tree does not match.');
  if (!same(oldRoot, oldSize === 0 ? EMPTY_ROOT : newRoot)) throw invalid('The older root does not match.');
}

function climb({ oldSize, newSize }: ConsistencyProof, path: readonly Uint8Array[]) {
  const [start, ...rest] = path;
  if (start === undefined) throw invalid('The consistency path is too short.');
  let [at, last] = [oldSize - 1, newSize - 1];
  while (isOdd(at)) [at, last] = [half(at), half(last)];
  const roots = { old: start, new: start };
  for (const hash of rest) {
    if (last === 0) throw invalid('The consistency path is too long.');
    if (isOdd(at) || at === last) {
      roots.old = hashNode(hash, roots.old);
      roots.new = hashNode(hash, roots.new);
      [at, last] = skipLefts(at, last);
    } else {
      roots.new = hashNode(roots.new, hash);
    }
    [at, last] = [half(at), half(last)];
  }
  if (last !== 0) throw invalid('The consistency path is too short.');
  return roots;
}

/** Goes up while the node is a left child without a sibling. */
function skipLefts(at: number, last: number): [number, number] {
  let pair: [number, number] = [at, last];
  while (pair[0] !== 0 && !isOdd(pair[0])) pair = [half(pair[0]), half(pair[1])];
  return pair;
}

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

function checkHashes(hashes: readonly Uint8Array[]): void {
  if (hashes.some((hash) => hash.length !== HASH_BYTES)) throw invalid('A hash is not 32 bytes long.');
}
