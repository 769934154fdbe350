import { type Atom, within } from './quicktime.js';

const MOST_SAMPLES = 10_000_000;

/** The numbers of a table behind version, flags and count, each entry having so many words of 32 bits. */
function tableOf(film: Buffer, { body, end }: Atom, words: number): number[] | undefined {
  const count = film.readUInt32BE(body + 4);
  if (count > MOST_SAMPLES || body + 8 + count * words * 4 > end) return undefined;
  return Array.from({ length: count * words }, (_, at) => film.readUInt32BE(body + 8 + at * 4));
}

/** Where the chunks of a track begin. */
export function chunkOffsets(film: Buffer, stbl: Atom): number[] | undefined {
  const short = within(film, stbl, 'stco');
  if (short !== undefined) return tableOf(film, short, 1);
  const long = within(film, stbl, 'co64');
  const words = long && tableOf(film, long, 2);
  if (words === undefined) return undefined;
  return Array.from(
    { length: words.length / 2 },
    (_, at) => (words[at * 2] ?? 0) * 2 ** 32 + (words[at * 2 + 1] ?? 0),
  );
}

/** How many samples each chunk has: ISO/IEC 14496-12, section 8.7.4. */
function samplesPerChunk(film: Buffer, stbl: Atom, chunks: number): number[] | undefined {
  const stsc = within(film, stbl, 'stsc');
  const table = stsc && tableOf(film, stsc, 3);
  if (table === undefined) return undefined;
  const counts = new Array<number>(chunks).fill(0);
  for (let entry = 0; entry < table.length; entry += 3) {
    counts.fill(table[entry + 1] ?? 0, Math.max(0, (table[entry] ?? 1) - 1));
  }
  return counts;
}

/** The size of sample number `at`: of each, or one for all; section 8.7.3. */
function sizeReader(film: Buffer, stbl: Atom): ((at: number) => number) | undefined {
  const stsz = within(film, stbl, 'stsz');
  if (stsz === undefined || stsz.end - stsz.body < 12) return undefined;
  const same = film.readUInt32BE(stsz.body + 4);
  const bytes = same === 1 ? within(film, stbl, 'stsd') : undefined;
  if (bytes !== undefined) return pcmSize(film, bytes);
  if (same > 0) return () => same;
  const [first, count] = [stsz.body + 12, film.readUInt32BE(stsz.body + 8)];
  if (count > MOST_SAMPLES || first + count * 4 > stsz.end) return undefined;
  return (at) => (at < count ? film.readUInt32BE(first + at * 4) : 0);
}

/** QuickTime counts uncompressed sound in frames and says of each that it has size 1: the description knows better. */
function pcmSize(film: Buffer, stsd: Atom): (() => number) | undefined {
  const entry = stsd.body + 8;
  if (entry + 36 > stsd.end) return undefined;
  const frame = (film.readUInt16BE(entry + 24) * film.readUInt16BE(entry + 26)) / 8;
  return () => Math.max(1, Math.ceil(frame));
}

/** From where to where the samples of a track lie, a range for each chunk. Undefined when the tables do not fit. */
export function samplesOf(
  film: Buffer,
  stbl: Atom,
  offsets: readonly number[] | undefined,
): [number, number][] | undefined {
  const counts = offsets && samplesPerChunk(film, stbl, offsets.length);
  const sizeOf = sizeReader(film, stbl);
  if (offsets === undefined || counts === undefined || sizeOf === undefined) return undefined;
  let sample = 0;
  return offsets.map((from, chunk) => {
    let to = from;
    const last = Math.min(sample + (counts[chunk] ?? 0), MOST_SAMPLES);
    for (; sample < last; sample += 1) to += sizeOf(sample);
    return [from, to];
  });
}
