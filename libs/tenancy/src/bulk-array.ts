/** What an array of a bulk statement may hold. */
type Element = string | number | bigint | boolean | Date | Uint8Array | null;

/**
 * An array as PostgreSQL reads it, without the detours that a general driver must make. Bytes, and ids and times where the
 * statement says `::uuid[]` or `::timestamptz[]`, travel as they are (array_recv); everything else as text, which the
 * server has to read letter by letter.
 */
export function arrayOf(items: readonly Element[], type: string | undefined): Buffer | string {
  const first = items.find((item) => item !== null);
  if (first instanceof Uint8Array) return bytesArray(items as (Uint8Array | null)[]);
  if (type === 'uuid') return uuidArray(items) ?? textArray(items);
  if (type === 'timestamptz' && first instanceof Date) return timeArray(items) ?? textArray(items);
  return textArray(items);
}

/** What comes again and again, one after the other, is written once. */
function textArray(items: readonly Element[]): string {
  let last: Element | undefined;
  let written = '';
  const texts = items.map((item) => {
    if (!isSame(item, last)) [written, last] = [elementOf(item), item];
    return written;
  });
  return `{${texts.join(',')}}`;
}

const isSame = (item: Element, last: Element | undefined): boolean =>
  item === last || (item instanceof Date && last instanceof Date && item.getTime() === last.getTime());

// What needs no quotes inside an array: ids, codes, numbers, times.
const PLAIN = /^[\w.:+-]+$/;

function elementOf(element: Element): string {
  if (element === null) return 'NULL';
  if (element instanceof Date) return element.toISOString();
  const text = String(element);
  if (PLAIN.test(text) && !(text.length === 4 && text.toUpperCase() === 'NULL')) return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Types by their numbers in every server (pg_type.dat). */
const [BYTEA, TIMESTAMPTZ, UUID] = [17, 1184, 2950];
const WORD = 4;
const HEADER_BYTES = 5 * WORD;

/** One dimension, perhaps nulls, so many of a type, from 1 on. Elements follow, each after its length, which is -1 for a null. */
function beginArray(type: number, count: number, bytes: number): Buffer {
  const array = Buffer.allocUnsafe(HEADER_BYTES + WORD * count + bytes);
  let at = 0;
  for (const word of [1, 1, type, count, 1]) at = array.writeInt32BE(word, at);
  return array;
}

function bytesArray(items: readonly (Uint8Array | null)[]): Buffer {
  const array = beginArray(
    BYTEA,
    items.length,
    items.reduce((sum, item) => sum + (item?.length ?? 0), 0),
  );
  let at = HEADER_BYTES;
  for (const item of items) {
    at = array.writeInt32BE(item?.length ?? -1, at);
    if (item === null) continue;
    array.set(item, at);
    at += item.length;
  }
  return array;
}

const UUID_BYTES = 16;
const DASH = 0x2d;
const NO_DIGIT = 0xff;

/** The value of each hexadecimal digit, by its character. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? NO_DIGIT : value;
});

/** Null when one of them is not spelt as a UUID (RFC 9562, section 4): the server then says so. */
function uuidArray(items: readonly Element[]): Buffer | null {
  const array = beginArray(UUID, items.length, UUID_BYTES * items.length);
  let at = HEADER_BYTES;
  let [last, lastAt]: [Element | undefined, number] = [undefined, 0];
  for (const item of items) {
    at = array.writeInt32BE(item === null ? -1 : UUID_BYTES, at);
    if (item === null) continue;
    if (item === last) array.copyWithin(at, lastAt, lastAt + UUID_BYTES);
    else if (typeof item !== 'string' || !writeUuid(array, at, item)) return null;
    [last, lastAt] = [item, at];
    at += UUID_BYTES;
  }
  return array.subarray(0, at);
}

/** Where the digits of each byte are in a UUID's spelling, and where the dashes between them. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const DASHES = [8, 13, 18, 23];
const hasDashes = (text: string): boolean =>
  text.length === 36 && DASHES.every((place) => text.charCodeAt(place) === DASH);

function writeUuid(array: Buffer, start: number, text: string): boolean {
  if (!hasDashes(text)) return false;
  let wrong = 0;
  for (let at = 0; at < UUID_BYTES; at += 1) {
    const place = PLACES[at] ?? 0;
    const high = DIGITS[text.charCodeAt(place)] ?? NO_DIGIT;
    const low = DIGITS[text.charCodeAt(place + 1)] ?? NO_DIGIT;
    wrong |= high | low;
    array[start + at] = (high << 4) | low;
  }
  return wrong <= 0x0f;
}

const TIME_BYTES = 8;
/** PostgreSQL counts microseconds from 2000-01-01 00:00 UTC. */
const EPOCH_MILLISECONDS = Date.UTC(2000, 0);
const WORD_VALUES = 2 ** 32;

/** Null when one of them is no time, or none that a double can say in microseconds. */
function timeArray(items: readonly Element[]): Buffer | null {
  const array = beginArray(TIMESTAMPTZ, items.length, TIME_BYTES * items.length);
  let at = HEADER_BYTES;
  for (const item of items) {
    at = array.writeInt32BE(item === null ? -1 : TIME_BYTES, at);
    if (item === null) continue;
    const micros = item instanceof Date ? (item.getTime() - EPOCH_MILLISECONDS) * 1000 : Number.NaN;
    if (!Number.isSafeInteger(micros)) return null;
    const high = Math.floor(micros / WORD_VALUES);
    at = array.writeInt32BE(high, at);
    at = array.writeUInt32BE(micros - high * WORD_VALUES, at);
  }
  return array.subarray(0, at);
}
