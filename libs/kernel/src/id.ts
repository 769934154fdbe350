import { DomainError } from './domain-error.js';

declare const brand: unique symbol;

/** A UUIDv7 (RFC 9562, section 5.7) that names one kind of thing. Ids of two kinds cannot be mixed up. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type TenantId = Id<'tenant'>;
export type ApiClientId = Id<'api-client'>;
export type SubjectId = Id<'subject'>;
export type RecordId = Id<'record'>;
export type DocumentId = Id<'document'>;
export type InstructionId = Id<'instruction'>;
export type WorkId = Id<'work'>;
export type EntryId = Id<'entry'>;
export type KeyId = Id<'key'>;
export type ConsentId = Id<'consent'>;

/** The random 128-bit name (32 hex digits) under which evidence knows a subject. Derived from nothing. */
export type SubjectRef = string & { readonly [brand]: 'subject-ref' };

const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const REF_SHAPE = /^[0-9a-f]{32}$/;

/** Says whether `text` has the one spelling of an id: a lower-case UUIDv7. */
export const isId = (text: string): boolean => SHAPE.test(text);

/** Turns untrusted text into an id. Throws `ID_MALFORMED`. The only place a string becomes an id. */
export function parseId<Kind extends string>(text: string): Id<Kind> {
  if (!SHAPE.test(text)) throw new DomainError('ID_MALFORMED', 'An id is a lower-case UUID of version 7.');
  return text as Id<Kind>;
}

/** Turns stored text into a subject reference. Throws `ID_MALFORMED`. */
export function parseSubjectRef(text: string): SubjectRef {
  if (!REF_SHAPE.test(text)) throw new DomainError('ID_MALFORMED', 'A subject reference is 32 hex digits.');
  return text as SubjectRef;
}

/** Makes a new id that sorts by `at`: 48 bits of milliseconds, 74 random bits. */
export function newId<Kind extends string>(at: Date): Id<Kind> {
  const start = takeRandom();
  writeTime(at.getTime());
  writeOctet(14, 0x70 | (octet(start) & 0x0f));
  writeOctet(16, octet(start + 1));
  writeOctet(19, 0x80 | (octet(start + 2) & 0x3f));
  writeOctet(21, octet(start + 3));
  for (let at = 0; at < 6; at += 1) writeOctet(24 + 2 * at, octet(start + 4 + at));
  return String.fromCharCode(...spelling) as Id<Kind>;
}

const DIGITS = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

// The characters of the id that is being made. Ids are made by the thousand, and a text that is put together of pieces
// takes five times the memory.
const spelling = Array.from('00000000-0000-7000-8000-000000000000', (digit) => digit.charCodeAt(0));

function writeOctet(at: number, value: number): void {
  spelling[at] = DIGITS[value >> 4] ?? 0;
  spelling[at + 1] = DIGITS[value & 0x0f] ?? 0;
}

let latest = 0;

/** The milliseconds with which an id begins. Those of one instant, which come by the batch, are written once. */
function writeTime(milliseconds: number): void {
  if (milliseconds === latest) return;
  latest = milliseconds;
  const digits = milliseconds.toString(16).padStart(12, '0');
  for (let at = 0; at < 12; at += 1) spelling[at < 8 ? at : at + 1] = digits.charCodeAt(at);
}

/** Makes a new subject reference from 128 random bits. */
export const newSubjectRef = (): SubjectRef => hexOf(takeRandom(), RANDOM_BYTES) as SubjectRef;

const RANDOM_BYTES = 16;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

// Random bytes are fetched by the block: one call to the system's source for each id costs more than the id.
const block = new Uint8Array(256 * RANDOM_BYTES);
let next = block.length;

/** Where in the block the next sixteen unused bytes begin. Names are no secrets, so the block is not wiped. */
function takeRandom(): number {
  if (next >= block.length) {
    crypto.getRandomValues(block);
    next = 0;
  }
  const start = next;
  next += RANDOM_BYTES;
  return start;
}

const octet = (at: number): number => block[at] ?? 0;

function hexOf(start: number, count: number): string {
  let hex = '';
  for (let at = start; at < start + count; at += 1) hex += HEX[octet(at)] ?? '';
  return hex;
}
