import { createHash } from 'node:crypto';

const sha256 = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return Uint8Array.from(hash.digest());
};

/** The definitions of RFC 6962, section 2.1, word for word, over another SHA-256: slow, and easy to believe. */
export class ReferenceTree {
  private readonly known = new Map<string, Uint8Array>();

  constructor(private readonly entries: readonly Uint8Array[]) {}

  /** MTH(D[from:to]). */
  root(from: number, to: number): Uint8Array {
    const key = `${from}:${to}`;
    const hash = this.known.get(key) ?? this.compute(from, to);
    this.known.set(key, hash);
    return hash;
  }

  /** PATH(index, D[from:to]). */
  inclusion(index: number, from: number, to: number): Uint8Array[] {
    if (to - from === 1) return [];
    const middle = from + split(to - from);
    return index < middle
      ? [...this.inclusion(index, from, middle), this.root(middle, to)]
      : [...this.inclusion(index, middle, to), this.root(from, middle)];
  }

  /** PROOF(oldSize, D[0:newSize]). */
  consistency(oldSize: number, newSize: number): Uint8Array[] {
    return this.subproof(oldSize, [0, newSize], true);
  }

  private subproof(m: number, [from, to]: [number, number], known: boolean): Uint8Array[] {
    if (m === to - from) return known ? [] : [this.root(from, to)];
    const k = split(to - from);
    return m <= k
      ? [...this.subproof(m, [from, from + k], known), this.root(from + k, to)]
      : [...this.subproof(m - k, [from + k, to], false), this.root(from, from + k)];
  }

  private compute(from: number, to: number): Uint8Array {
    if (to === from) return sha256();
    if (to - from === 1) return sha256(Uint8Array.of(0), this.entries[from]!);
    const middle = from + split(to - from);
    return sha256(Uint8Array.of(1), this.root(from, middle), this.root(middle, to));
  }
}

/** The largest power of two smaller than `n`. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
