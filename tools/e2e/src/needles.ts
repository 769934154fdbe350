import { randomBytes, randomInt } from 'node:crypto';

/** A secret that must not rest anywhere, in every spelling in which it could. */
export type Needle = { readonly text: string; readonly spellings: ReadonlyMap<string, Buffer> };

/** Where a needle was found, and in which spelling. */
export type Find = { readonly place: string; readonly spelling: string };

/** A needle of 18 lower-case letters and digits, unique to this run. Values hold it with more around it. */
export const asciiNeedle = (): Needle => needle(`m${randomBytes(16).toString('hex').slice(0, 17)}`);

/** A needle of ten Chinese characters, unique to this run. */
export const hanNeedle = (): Needle =>
  needle(String.fromCodePoint(...Array.from({ length: 10 }, () => randomInt(0x4e00, 0x9f00))));

/** A needle of 14 digits, unique to this run: what is left of a telephone number that was normalised. */
export const digitNeedle = (): Needle =>
  needle(`9${Array.from({ length: 13 }, () => randomInt(10)).join('')}`);

/** Says where in `bytes` one of the needles stands; nothing when none does. */
export function findIn(place: string, bytes: Buffer, needles: readonly Needle[]): Find[] {
  return needles.flatMap(({ spellings }) =>
    [...spellings].filter(([, wanted]) => bytes.includes(wanted)).map(([spelling]) => ({ place, spelling })),
  );
}

function needle(text: string): Needle {
  const utf8 = Buffer.from(text);
  const spellings = new Map([
    ['UTF-8', utf8],
    ['UTF-16LE', Buffer.from(text, 'utf16le')],
    ['hex', Buffer.from(utf8.toString('hex'))],
    ['HEX', Buffer.from(utf8.toString('hex').toUpperCase())],
    ['percent', Buffer.from(encodeURIComponent(text))],
    ['upper case', Buffer.from(text.toUpperCase())],
    ['JSON escapes', Buffer.from(jsonEscaped(text))],
    ...[0, 1, 2].map((shift) => [`base64+${shift}`, base64At(utf8, shift)] as const),
    ...[0, 1, 2].map((shift) => [`base64url+${shift}`, base64At(utf8, shift, 'base64url')] as const),
  ]);
  return { text, spellings: unlike(spellings) };
}

/** What all encodings of the text have in common that begin `shift` bytes after a multiple of three. */
function base64At(bytes: Buffer, shift: number, alphabet: 'base64' | 'base64url' = 'base64'): Buffer {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString(alphabet)
    .replace(/=+$/, '');
  const isCut = (shift + bytes.length) % 3 !== 0;
  return Buffer.from(encoded.slice(Math.ceil((shift * 4) / 3), isCut ? -1 : undefined));
}

const jsonEscaped = (text: string): string =>
  text.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

function unlike(spellings: ReadonlyMap<string, Buffer>): ReadonlyMap<string, Buffer> {
  const seen = new Set<string>();
  return new Map(
    [...spellings].filter(([, bytes]) => {
      const key = bytes.toString('latin1');
      return !seen.has(key) && seen.add(key);
    }),
  );
}
