import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Marker } from './marker.js';

/** A spelling of something that must not be there. */
export type Needle = { readonly name: string; readonly bytes: Buffer };

/** Bytes that rest somewhere. */
export type Resting = { readonly place: string; readonly bytes: Buffer };

/** What was searched, and what was found: places, with the name of what lay there. */
export type Searched = { readonly files: number; readonly bytes: number; readonly finds: readonly string[] };

/** RFC 1952, section 2.3.1: the two bytes of every gzip stream and its only method. */
const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);
const MOST_FINDS = 20;

/**
 * Needles that are searched for all at once, in one pass, however many they are. Each is at least four bytes long: the
 * first two lead to a bit, the first four to the needles that begin so.
 */
export class Haystack {
  private readonly starts = new Uint8Array(0x1_0000);
  private readonly byHead = new Map<number, Needle[]>();

  constructor(private readonly needles: readonly Needle[]) {
    for (const needle of needles) {
      this.starts[needle.bytes.readUInt16LE(0)] = 1;
      const head = needle.bytes.readUInt32LE(0);
      this.byHead.set(head, [...(this.byHead.get(head) ?? []), needle]);
    }
  }

  /** How many spellings are searched for. */
  get size(): number {
    return this.needles.length;
  }

  /** The names of the needles in these bytes, each once. What is compressed by gzip is looked into. */
  findIn(bytes: Buffer): string[] {
    const found = new Set(this.scan(bytes));
    for (let at = bytes.indexOf(GZIP); at !== -1; at = bytes.indexOf(GZIP, at + 1)) {
      for (const name of this.scan(unzipped(bytes.subarray(at)))) found.add(`${name}, compressed`);
    }
    return [...found];
  }

  /** Searches what rests, place by place. */
  search(all: Iterable<Resting>): Searched {
    const [finds, seen]: [string[], { files: number; bytes: number }] = [[], { files: 0, bytes: 0 }];
    for (const { place, bytes } of all) {
      seen.files += 1;
      seen.bytes += bytes.length;
      if (finds.length < MOST_FINDS) {
        const names = [...new Set([...this.findIn(bytes), ...this.findIn(Buffer.from(place))])];
        finds.push(...names.map((name) => `${name} in ${place}`));
      }
    }
    return { ...seen, finds };
  }

  private scan(bytes: Buffer): string[] {
    const found: string[] = [];
    const { starts } = this;
    const end = bytes.length - 3;
    for (let at = 0; at < end; at += 1) {
      const start = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
      if (starts[start] === 1) this.compare(bytes, at, found);
    }
    return found;
  }

  private compare(bytes: Buffer, at: number, found: string[]): void {
    for (const needle of this.byHead.get(bytes.readUInt32LE(at)) ?? []) {
      const { length } = needle.bytes;
      if (bytes.length - at >= length && needle.bytes.equals(bytes.subarray(at, at + length))) {
        found.push(needle.name);
      }
    }
  }
}

/** Every file below a directory, its path being part of what is searched. One that goes meanwhile is passed over. */
export function* filesBelow(directory: string, name: string): Generator<Resting> {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    yield { place: `${name}/${relative(directory, path)}`, bytes: readFileSync(path) };
  }
}

/** A text that must not be found, in every spelling in which it could rest. */
export function spellings(name: string, text: string): Needle[] {
  const utf8 = Buffer.from(text);
  const utf16 = Buffer.from(text, 'utf16le');
  const escaped = text.replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return unlike([
    { name: `${name} in UTF-8`, bytes: utf8 },
    { name: `${name} in UTF-16LE`, bytes: utf16 },
    { name: `${name} in UTF-16BE`, bytes: Buffer.from(utf16).swap16() },
    { name: `${name} in capitals`, bytes: Buffer.from(text.toUpperCase()) },
    { name: `${name} in percent signs`, bytes: Buffer.from(encodeURIComponent(text)) },
    { name: `${name} in JSON escapes`, bytes: Buffer.from(escaped) },
    ...bytesSpelled(name, utf8),
  ]);
}

/** A digest that must not be found, as bytes and as text. */
export const digestSpelled = (name: string, digest: Buffer): Needle[] => [
  { name: `${name} as bytes`, bytes: digest },
  ...bytesSpelled(name, digest),
];

/** The needles of a run: its marks, and plain hashes of what anybody could guess. */
export function needlesOf(marker: Marker, guessable: readonly string[]): Needle[] {
  const hashes = guessable.flatMap((text) =>
    ['sha256', 'sha1', 'md5'].flatMap((kind) =>
      digestSpelled(`plain ${kind}`, createHash(kind).update(text).digest()),
    ),
  );
  return [
    ...spellings('a mark', marker.ascii),
    ...spellings('a name', marker.han),
    ...spellings('a number', marker.number),
    ...hashes,
  ];
}

/** In hex and in base64: there, what all encodings have in common that begin so many bytes after a multiple of three. */
const bytesSpelled = (name: string, bytes: Buffer): Needle[] => [
  { name: `${name} in hex`, bytes: Buffer.from(bytes.toString('hex')) },
  { name: `${name} in HEX`, bytes: Buffer.from(bytes.toString('hex').toUpperCase()) },
  ...[0, 1, 2].flatMap((shift) =>
    (['base64', 'base64url'] as const).map((alphabet) => {
      const text = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString(alphabet)
        .replace(/=+$/, '');
      const isCut = (shift + bytes.length) % 3 !== 0;
      const common = text.slice(Math.ceil((shift * 4) / 3), isCut ? -1 : undefined);
      return { name: `${name} in ${alphabet}`, bytes: Buffer.from(common) };
    }),
  ),
];

function unlike(needles: readonly Needle[]): Needle[] {
  const seen = new Set<string>();
  return needles.filter(({ bytes }) => {
    const key = bytes.toString('latin1');
    return !seen.has(key) && seen.add(key);
  });
}

/** What comes out of a stream that begins here, as far as it can be read. */
function unzipped(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: 64 * 1024 * 1024 });
  } catch {
    return Buffer.alloc(0);
  }
}
