import { DomainError, isDomainError, type Json } from '@personr/kernel';
import { parseJson } from '../http/json.js';
import { type RawLine } from './line-splitter.js';

/** The longest line: what a body of JSON may be. */
export const LONGEST_LINE_BYTES = 1024 * 1024;

/** A line of JSON, before it is known whether it is what the route takes. */
export type LineObject = Readonly<Record<string, Json>>;

/** A line that cannot be taken, and why. */
export type BadLine = { readonly number: number; readonly size: number; readonly error: DomainError };

/**
 * Reads a line as an object of JSON and then as `toGood` does. Whatever of ours is thrown on the way becomes the
 * line's error: `LINE_TOO_LONG`, `LINE_MALFORMED`, and what `toGood` throws.
 */
export function readLineAs<Good extends object>(
  { number, bytes }: RawLine,
  toGood: (line: LineObject) => Good,
): (Good & { readonly number: number; readonly size: number }) | BadLine {
  const size = bytes?.length ?? 0;
  try {
    if (bytes === null) throw new DomainError('LINE_TOO_LONG', 'A line is 1 MiB at most.');
    return { number, size, ...toGood(objectOf(bytes)) };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { number, size, error };
  }
}

function objectOf(bytes: Buffer): LineObject {
  const value = parsed(bytes);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as LineObject;
  throw malformed('A line must be a JSON object.');
}

function parsed(bytes: Buffer): unknown {
  try {
    return parseJson(bytes);
  } catch (error) {
    throw malformed(
      isDomainError(error) ? error.message.replace('The body', 'The line') : 'The line is not JSON in UTF-8.',
    );
  }
}

const malformed = (sentence: string): DomainError => new DomainError('LINE_MALFORMED', sentence);
