import { DomainError } from './domain-error.js';

declare const brand: unique symbol;

/** A UUIDv7 (RFC 9562, section 5.7) that names one kind of thing. Ids of two kinds cannot be mixed up. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type TenantId = Id<'tenant'>;
export type ApiClientId = Id<'api-client'>;
export type SubjectId = Id<'subject'>;
export type RecordId = Id<'record'>;
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
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  const milliseconds = at.getTime();
  view.setUint16(0, Math.floor(milliseconds / 2 ** 32));
  view.setUint32(2, milliseconds % 2 ** 32);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  ) as Id<Kind>;
}

/** Makes a new subject reference from 128 random bits. */
export const newSubjectRef = (): SubjectRef =>
  toHex(crypto.getRandomValues(new Uint8Array(16))) as SubjectRef;

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
