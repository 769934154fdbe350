import { createHash } from 'node:crypto';

/** A stretch of numbers that looks random and is the same in every run. */
export interface Stream {
  /** The next whole number from 0 up to, not including, `below` (at most 2^32). */
  below(below: number): number;

  /** The next member of `list`, which must not be empty. */
  pick<T>(list: readonly T[]): T;

  /** The next `length` decimal digits. */
  digits(length: number): string;
}

const STREAM_BYTES = 1024;
const DRAW_BYTES = 6;

/**
 * Opens the stream named `label`: SHAKE256 of the label (FIPS 202), read six bytes a draw and reduced modulo the
 * bound, a bias of less than 2^-16. It holds 170 draws; asking for more throws a RangeError. Not for secrets.
 */
export function openStream(label: string): Stream {
  const bytes = expand(label, STREAM_BYTES);
  let at = 0;
  const below = (bound: number): number => {
    const drawn = bytes.readUIntBE(at, DRAW_BYTES) % bound;
    at += DRAW_BYTES;
    return drawn;
  };
  return {
    below,
    pick: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    digits: (length) => Array.from({ length }, () => below(10)).join(''),
  };
}

/** Expands `label` into `length` bytes that look random and are the same in every run (SHAKE256). */
export const expand = (label: string, length: number): Buffer =>
  createHash('shake256', { outputLength: length }).update(label).digest();
