/** What goes into a film: pictures that follow each other evenly, and a sound that goes with them. */
export type Film = {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** Each a whole JPEG file. */
  readonly frames: readonly Buffer[];
  readonly sampleRate: number;
  /** 16-bit samples, little-endian, one channel. */
  readonly samples: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
};

// QuickTime counts seconds since 1904; 2026-11-20T10:00:00Z is when every specimen was made.
const MADE_AT = Date.UTC(2026, 10, 20, 10) / 1000 + 2_082_844_800;
const UNITY = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

/**
 * Writes a QuickTime film of Motion JPEG and uncompressed sound (QuickTime File Format Specification, 2016): the
 * one container and the two codings that need no encoder beyond JPEG, and that every common player opens.
 */
export function quicktime(film: Film): Buffer {
  const type = atom('ftyp', Buffer.from('qt  \0\0\0\0qt  ', 'latin1'));
  const media = atom('mdat', ...film.frames, film.samples);
  const start = type.length + 8;
  const sound = start + film.frames.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat([type, media, movie(film, { start, sound })]);
}

type Offsets = { readonly start: number; readonly sound: number };

function movie(film: Film, { start, sound }: Offsets): Buffer {
  const scale = film.sampleRate;
  const ticks = film.samples.length / 2;
  const picture = { id: 1, width: film.width, height: film.height, volume: 0 };
  const speech = { id: 2, width: 0, height: 0, volume: 0x0100 };
  return atom(
    'moov',
    full(
      'mvhd',
      words(MADE_AT, MADE_AT, scale, ticks, 0x10000),
      u16(0x0100),
      zeros(10),
      words(...UNITY),
      zeros(24),
      words(3),
    ),
    track(picture, ticks, [
      mediaHeader(film.framesPerSecond, film.frames.length),
      handler('vide'),
      atom('minf', full('vmhd', u16(0, 0, 0, 0)), dataInformation(), pictureTable(film, start)),
    ]),
    track(speech, ticks, [
      mediaHeader(film.sampleRate, ticks),
      handler('soun'),
      atom('minf', full('smhd', zeros(4)), dataInformation(), soundTable(film, sound)),
    ]),
    atom('udta', ...Object.entries(film.metadata).map(([name, text]) => userText(name, text))),
  );
}

type Track = {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly volume: number;
};

function track({ id, width, height, volume }: Track, ticks: number, media: readonly Buffer[]): Buffer {
  const header = full(
    'tkhd',
    words(MADE_AT, MADE_AT, id, 0, ticks),
    zeros(12),
    u16(volume, 0),
    words(...UNITY, width * 0x10000, height * 0x10000),
  );
  header.writeUInt8(0x0f, 11); // enabled, in the movie, in the preview, in the poster
  return atom('trak', header, atom('mdia', ...media));
}

const mediaHeader = (scale: number, duration: number): Buffer =>
  full('mdhd', words(MADE_AT, MADE_AT, scale, duration), u16(0, 0));

const handler = (kind: string): Buffer =>
  full('hdlr', Buffer.from(`mhlr${kind}`, 'latin1'), zeros(12), Buffer.from([0]));

const dataInformation = (): Buffer => {
  const here = full('url ');
  here.writeUInt8(1, 11); // in this file
  return atom('dinf', full('dref', words(1), here));
};

function pictureTable({ width, height, frames }: Film, start: number): Buffer {
  const description = atom(
    'jpeg',
    zeros(6),
    u16(1),
    zeros(16),
    u16(width, height),
    words(72 * 0x10000, 72 * 0x10000, 0),
    u16(1),
    zeros(32),
    u16(24, 0xffff),
  );
  let at = start;
  const places = frames.map(({ length }) => (at += length) - length);
  return atom(
    'stbl',
    full('stsd', words(1), description),
    full('stts', words(1, frames.length, 1)),
    full('stsc', words(1, 1, 1, 1)),
    full('stsz', words(0, frames.length, ...frames.map(({ length }) => length))),
    full('stco', words(places.length, ...places)),
  );
}

function soundTable({ sampleRate, samples }: Film, start: number): Buffer {
  const description = atom('sowt', zeros(6), u16(1), zeros(8), u16(1, 16, 0, 0), words(sampleRate * 0x10000));
  const count = samples.length / 2;
  return atom(
    'stbl',
    full('stsd', words(1), description),
    full('stts', words(1, count, 1)),
    full('stsc', words(1, 1, count, 1)),
    full('stsz', words(2, count)),
    full('stco', words(1, start)),
  );
}

/** A text of the film's metadata, in English. */
function userText(name: string, text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return atom(name, u16(bytes.length, 0), bytes);
}

function atom(name: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([words(body.length + 8), Buffer.from(name, 'latin1'), body]);
}

/** An atom with version 0 and no flags. */
const full = (name: string, ...parts: readonly Buffer[]): Buffer => atom(name, zeros(4), ...parts);

const zeros = (count: number): Buffer => Buffer.alloc(count);

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, index * 4));
  return bytes;
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16BE(value, index * 2));
  return bytes;
}
