/** What a text of JSON shows without being parsed: how many members are written in it, and how deep it goes. */
export type Structure = { readonly members: number; readonly levels: number };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPENS = new Set([0x7b, 0x5b]);
const CLOSES = new Set([0x7d, 0x5d]);

/** What a byte outside of texts means; 0 for nothing of interest. A table, since this looks at every byte. */
const MEANS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === QUOTE) return 1;
  if (byte === COLON) return 2;
  if (OPENS.has(byte)) return 3;
  return CLOSES.has(byte) ? 4 : 0;
});

/**
 * Counts members (colons outside of texts) and levels, in one pass. Of bytes that are not JSON it returns
 * something and never throws.
 */
export function structureOf(bytes: Uint8Array): Structure {
  let [members, level, levels] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at += 1) {
    const means = MEANS[bytes[at] ?? 0];
    if (means === 0) continue;
    if (means === 1) at = endOfText(bytes, at);
    else if (means === 2) members += 1;
    else if (means === 3) levels = Math.max(levels, (level += 1));
    else level -= 1;
  }
  return { members, levels };
}

/** Where the text ends that begins at `at`: at its closing quote, or behind the bytes when there is none. */
function endOfText(bytes: Uint8Array, at: number): number {
  let end = at + 1;
  while (end < bytes.length && bytes[end] !== QUOTE) end += bytes[end] === BACKSLASH ? 2 : 1;
  return end;
}

const OF_NUMBER = Uint8Array.from({ length: 256 }, (_, byte) =>
  '0123456789+-.eE'.includes(String.fromCharCode(byte)) ? 1 : 0,
);
const beginsNumber = (byte: number): boolean => byte === 0x2d || (byte >= 0x30 && byte <= 0x39);
const isExponent = (byte: number): boolean => (byte | 0x20) === 0x65;
/** As many digits, a point and a sign among them, are always safe. */
const SHORT = 15;

/** Whether a number in these bytes of JSON is not finite, loses digits of an integer, or vanishes into zero. */
export function brokenNumberIn(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = endOfText(bytes, at);
    if (!beginsNumber(byte)) continue;
    const { end, hasExponent } = restOfNumber(bytes, at + 1);
    const isLong = end - at > SHORT || hasExponent;
    if (isLong && isBroken(Buffer.from(bytes.subarray(at, end)).toString('latin1'))) return true;
    at = end - 1;
  }
  return false;
}

function restOfNumber(bytes: Uint8Array, at: number): { end: number; hasExponent: boolean } {
  let end = at;
  let hasExponent = false;
  for (; OF_NUMBER[bytes[end] ?? 0] === 1; end += 1) hasExponent ||= isExponent(bytes[end] ?? 0);
  return { end, hasExponent };
}

/** An exponent says that the sender writes an approximation; digits alone say that each of them counts. */
function isBroken(token: string): boolean {
  const value = Number(token);
  const [digits = ''] = token.split(/e/i);
  if (value === 0) return /[1-9]/.test(digits);
  if (!Number.isFinite(value)) return true;
  return digits === token && Number.isInteger(value) && !Number.isSafeInteger(value);
}
