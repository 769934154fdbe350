const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  shy: '',
  ndash: '-',
  mdash: '-',
  hyphen: '-',
  lowbar: '_',
  period: '.',
  sol: '/',
  zwnj: '',
  zwj: '',
};

const character = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '');

const unescaped = (text: string): string =>
  text
    .replace(/&#x([0-9a-f]{1,6});?/gi, (_, hex: string) => character(parseInt(hex, 16)))
    .replace(/&#(\d{1,7});?/g, (_, digits: string) => character(Number(digits)))
    .replace(/&([a-z]+);/gi, (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole)
    .replace(/\\u\{?([0-9a-f]{4,6})\}?/gi, (_, hex: string) => character(parseInt(hex, 16)))
    .replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => character(parseInt(hex, 16)))
    .replace(/\\[nrt]/g, ' ');

const unpercented = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => character(parseInt(hex, 16))).replace(/\+/g, ' ');

const unquoted = (text: string): string =>
  text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => character(parseInt(hex, 16)));

const untagged = (text: string): string => text.replace(/<!--[^]*?-->|<\/?[a-z!?][^<>]{0,2000}>/gi, '');

const BASE64 = /[A-Za-z0-9+/_-]{8,}/g;
const HEX = /(?:[0-9a-f]{2}[\s:-]?){6,}/gi;

function packed(text: string): Buffer[] {
  const base64 = (text.match(BASE64) ?? []).map((run) => Buffer.from(run, 'base64'));
  const hex = (text.match(HEX) ?? []).map((run) => Buffer.from(run.replace(/[^0-9a-f]/gi, ''), 'hex'));
  // Base64 that something else runs into begins at one of four characters.
  const joined = (text.match(/[A-Za-z0-9+/_-]{8,}(?:\r?\n[A-Za-z0-9+/_-]{4,})+/g) ?? []).map((lines) =>
    Buffer.from(lines.replace(/\r?\n/g, ''), 'base64'),
  );
  return [...base64, ...hex, ...joined];
}

const DEEPEST = 2;

const LARGE = 128 * 2 ** 10;
const PRINTABLE = /[\x20-\x7e\t\r\n]{4,}/g;
const WIDE_PRINTABLE = /(?:[\x20-\x7e]\0){4,}/g;

/** What of pixels, films and sounds may be text at all. */
function printable(bytes: Buffer): string[] {
  const all = bytes.toString('latin1');
  const wide = (all.match(WIDE_PRINTABLE) ?? []).map((run) => run.replaceAll('\0', ''));
  return [[...(all.match(PRINTABLE) ?? []), ...wide].join('\n\u0001')];
}

/** The readings of bytes as text: UTF-8, Latin-1, and UTF-16 of both orders where zeros say that it may be that. */
function readings(bytes: Buffer): string[] {
  if (bytes.length > LARGE && bytes.includes(0)) return printable(bytes);
  const plain = [bytes.toString('utf8'), bytes.toString('latin1')];
  if (!bytes.includes(0)) return plain;
  const wide = [0, 1].map((from) => bytes.toString('utf16le', from));
  // What has a zero at every other place is found in both orders once the zeros are gone.
  return [...plain, ...wide, bytes.toString('latin1').replaceAll('\0', '')];
}

/**
 * Every way in which the bytes may be read as text: as they are, with HTML, JSON, percent and quoted-printable
 * escapes undone, without tags, and what is packed in base64 or hexadecimal within, twice over.
 */
export function* viewsOf(bytes: Buffer, depth = 0): Generator<string> {
  for (const text of new Set(readings(bytes))) {
    yield text;
    const plain = unescaped(unpercented(text));
    const seen = new Set([text]);
    for (const view of [unescaped(text), plain, unescaped(untagged(text)), untagged(plain), unquoted(text)]) {
      if (!seen.has(view)) yield view;
      seen.add(view);
    }
    if (depth >= DEEPEST) continue;
    for (const inner of packed(text)) yield* viewsOf(inner, depth + 1);
  }
}
