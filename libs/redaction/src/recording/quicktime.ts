import { chunkOffsets, samplesOf } from './quicktime-samples.js';

/** One atom of a QuickTime or MP4 file: where it begins, where its body does and where it ends. */
export type Atom = {
  readonly name: string;
  readonly at: number;
  readonly body: number;
  readonly end: number;
};

/** Atoms that hold other atoms and nothing else. */
const HOLDERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'dinf', 'edts']);
/** Atoms that are needed to play pictures and sound. */
const PLAYED = new Set([
  ...HOLDERS,
  ...['ftyp', 'mdat', 'mvhd', 'tkhd', 'mdhd', 'hdlr', 'vmhd', 'smhd', 'gmhd', 'gmin', 'dref', 'elst'],
  ...[
    'stsd',
    'stts',
    'stsc',
    'stsz',
    'stco',
    'co64',
    'stss',
    'ctts',
    'sgpd',
    'sbgp',
    'sdtp',
    'tapt',
    'clef',
    'prof',
    'enof',
  ],
]);
const SHOWN = new Set(['vide', 'soun']);
const TIMED = new Set(['mvhd', 'tkhd', 'mdhd']);

/**
 * Takes everything out of a QuickTime or MP4 film but pictures and sound: descriptions of the device, place and
 * time, tracks of measurements, unused room. What goes is overwritten with zeros where it was, so that the places
 * the rest refers to stay right. Undefined for what is no whole film, or is one in fragments.
 */
export function strippedFilm(bytes: Buffer): Buffer | undefined {
  const film = Buffer.from(bytes);
  const top = atomsWithin(film, 0, film.length) ?? [];
  const kept = top[0]?.name === 'ftyp' ? keptSamples(film, top) : undefined;
  if (kept === undefined || !blankUnlessPlayed(film, top)) return undefined;
  for (const atom of top) if (atom.name === 'mdat') blankBetween(film, atom, kept);
  return film;
}

/** The atoms that fill the bytes, or undefined when they do not fit together. */
export function atomsWithin(bytes: Buffer, from: number, to: number): Atom[] | undefined {
  const atoms: Atom[] = [];
  for (let at = from; at < to;) {
    if (at + 8 > to) return undefined;
    const atom = atomAt(bytes, at, to);
    if (atom.end > to || atom.body > atom.end) return undefined;
    atoms.push(atom);
    at = atom.end;
  }
  return atoms;
}

function atomAt(bytes: Buffer, at: number, to: number): Atom {
  const name = bytes.toString('latin1', at + 4, at + 8);
  const size = bytes.readUInt32BE(at);
  if (size === 0) return { name, at, body: at + 8, end: to };
  if (size !== 1) return { name, at, body: at + 8, end: at + size };
  const end = at + 16 > to ? Infinity : at + Number(bytes.readBigUInt64BE(at + 8));
  return { name, at, body: at + 16, end };
}

/** Blanks what is not played, at every depth. False when something does not fit together. */
function blankUnlessPlayed(film: Buffer, atoms: readonly Atom[]): boolean {
  return atoms.every((atom) => {
    if (!PLAYED.has(atom.name) || (atom.name === 'trak' && !isShown(film, atom))) return blank(film, atom);
    if (TIMED.has(atom.name)) withoutTimes(film, atom);
    if (atom.name === 'hdlr') film.fill(0, Math.min(atom.body + 12, atom.end), atom.end);
    if (!HOLDERS.has(atom.name)) return true;
    const inner = atomsWithin(film, atom.body, atom.end);
    return inner !== undefined && blankUnlessPlayed(film, inner);
  });
}

function blank(film: Buffer, { at, body, end }: Atom): true {
  film.write('free', at + 4, 'latin1');
  film.fill(0, body, end);
  return true;
}

/** Creation and change: eight or sixteen bytes behind version and flags. */
function withoutTimes(film: Buffer, { body, end }: Atom): void {
  const length = film.readUInt8(body) === 1 ? 16 : 8;
  film.fill(0, body + 4, Math.min(body + 4 + length, end));
}

/** The atom that the names lead to, one within the other. */
export function within(film: Buffer, atom: Atom, ...names: readonly string[]): Atom | undefined {
  let found: Atom | undefined = atom;
  for (const name of names) {
    found = found && atomsWithin(film, found.body, found.end)?.find((inner) => inner.name === name);
  }
  return found;
}

function isShown(film: Buffer, trak: Atom): boolean {
  const hdlr = within(film, trak, 'mdia', 'hdlr');
  return hdlr !== undefined && SHOWN.has(film.toString('latin1', hdlr.body + 8, hdlr.body + 12));
}

/** Where the pictures and the sound are, in order; undefined when that is not said, or not said in one table. */
function keptSamples(film: Buffer, top: readonly Atom[]): [number, number][] | undefined {
  const moov = top.find(({ name }) => name === 'moov');
  const inner = moov && atomsWithin(film, moov.body, moov.end);
  if (inner === undefined || inner.some(({ name }) => name === 'mvex')) return undefined;
  const shown = inner.filter((atom) => atom.name === 'trak' && isShown(film, atom));
  const tables = shown.map((trak) => within(film, trak, 'mdia', 'minf', 'stbl'));
  const ranges = tables.map((stbl) => stbl && samplesOf(film, stbl, chunkOffsets(film, stbl)));
  if (ranges.length === 0 || ranges.some((range) => range === undefined)) return undefined;
  return ranges.flatMap((range) => range ?? []).sort(([a], [b]) => a - b);
}

/** Blanks what of the media data belongs to no picture and no sound that is kept. */
function blankBetween(film: Buffer, { body, end }: Atom, kept: readonly [number, number][]): void {
  let at = body;
  for (const [from, to] of kept) {
    if (to <= body || from >= end) continue;
    if (from > at) film.fill(0, at, from);
    at = Math.max(at, to);
  }
  if (at < end) film.fill(0, at, end);
}
