import { isUtf8 } from 'node:buffer';
import { DomainError } from '@personr/kernel';
import { brokenNumberIn, structureOf } from './json-structure.js';

/** Levels of lists and objects inside the outermost one. */
const DEEPEST = 32;
const REACHES_A_PROTOTYPE = new Set(['__proto__', 'constructor']);

const malformed = (sentence: string): DomainError => new DomainError('BODY_MALFORMED', sentence);

/**
 * Parses I-JSON (RFC 7493): UTF-8 without a byte order mark, no two members of one name in an object, no number
 * that a double cannot hold, at most 32 levels inside the outermost, no name that reaches a prototype. Throws
 * `BODY_MALFORMED`, quoting nothing. What it cannot see is a lone surrogate in a text: whoever takes a text looks.
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw malformed('The body is not UTF-8.');
  if (beginsWithMark(bytes)) throw malformed('The body begins with a byte order mark. Send it without one.');
  const { members, levels } = structureOf(bytes);
  if (levels > DEEPEST + 1) throw malformed(`The body is nested deeper than ${DEEPEST} levels.`);
  const body = parsed(bytes);
  const seen = { members: 0, isNumberDoubtful: false };
  look(body, seen);
  if (seen.members !== members) {
    throw malformed('An object has two members of the same name (RFC 7493, section 2.3).');
  }
  if (seen.isNumberDoubtful && brokenNumberIn(bytes)) {
    throw malformed(
      'A number is too large or too exact for a double (RFC 7493, section 2.2). Send it as text.',
    );
  }
  return body;
}

const beginsWithMark = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    // The parser's own words quote what was sent.
    throw malformed('The body is not JSON.');
  }
}

type Seen = { members: number; isNumberDoubtful: boolean };

function look(value: unknown, seen: Seen): void {
  if (typeof value === 'number') seen.isNumberDoubtful ||= value === 0 || !(Math.abs(value) <= SAFE);
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) for (const item of value as unknown[]) look(item, seen);
  else lookAtMembers(value as Record<string, unknown>, seen);
}

const SAFE = Number.MAX_SAFE_INTEGER;

function lookAtMembers(value: Record<string, unknown>, seen: Seen): void {
  // Whatever JSON.parse makes has no other enumerable names than its own, and for-in is the fastest way to them.
  for (const name in value) {
    if (REACHES_A_PROTOTYPE.has(name)) throw malformed('A member may not be named __proto__ or constructor.');
    seen.members += 1;
    look(value[name], seen);
  }
}
