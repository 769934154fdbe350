import { strippedFilm } from './quicktime.js';
import { strippedWave } from './wave.js';

const SECRET = 'UTO-D49767844';

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const words = (...values: readonly number[]): Buffer => Buffer.concat(values.map(word));
const atom = (name: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([word(body.length + 8), Buffer.from(name, 'latin1'), body]);
};
const full = (name: string, ...parts: readonly Buffer[]): Buffer => atom(name, Buffer.alloc(4), ...parts);

const FRAMES = [Buffer.from('picture one'), Buffer.from('picture 2')];
const MEASUREMENT = Buffer.from(`gps ${SECRET}`);
const GAP = Buffer.from(`gap ${SECRET}`);
const FTYP = atom('ftyp', Buffer.from('qt  \0\0\0\0qt  ', 'latin1'));

const track = (kind: string, places: readonly number[], sizes: readonly number[]): Buffer =>
  atom(
    'trak',
    full('tkhd', words(1234567, 7654321), Buffer.alloc(72)),
    atom('udta', atom('name', Buffer.from(SECRET))),
    atom(
      'mdia',
      full('mdhd', words(1234567, 7654321, 600, 2, 0)),
      full('hdlr', Buffer.from(`mhlr${kind}`), Buffer.alloc(12), Buffer.from(SECRET)),
      atom(
        'minf',
        atom(
          'stbl',
          full('stsd', words(0)),
          full('stsc', words(1, 1, 1, 1)),
          full('stsz', words(0, sizes.length, ...sizes)),
          full('stco', words(places.length, ...places)),
        ),
      ),
    ),
  );

/** A film of two pictures with a track of measurements and a gap between, all of which name somebody. */
function film(fragments: Buffer = Buffer.alloc(0)): Buffer {
  const media = [FRAMES[0]!, GAP, FRAMES[1]!, MEASUREMENT];
  const start = FTYP.length + 8;
  const places = media.map(
    (_, at) => start + media.slice(0, at).reduce((sum, { length }) => sum + length, 0),
  );
  return Buffer.concat([
    FTYP,
    atom('mdat', ...media),
    atom(
      'moov',
      full('mvhd', words(1234567, 7654321, 600, 2), Buffer.alloc(80)),
      track('vide', [places[0]!, places[2]!], [FRAMES[0]!.length, FRAMES[1]!.length]),
      track('meta', [places[3]!], [MEASUREMENT.length]),
      atom('udta', atom('\xa9xyz', Buffer.from('+00.25+000.24/'))),
      atom('meta', Buffer.from(SECRET)),
      fragments,
    ),
    atom('uuid', Buffer.from(SECRET)),
  ]);
}

describe('R-44: a film', () => {
  it('keeps its pictures where they were, and nothing that describes', () => {
    const [before, after] = [film(), strippedFilm(film())!];
    expect(after).toHaveLength(before.length);
    for (const frame of FRAMES) expect(after.indexOf(frame)).toBe(before.indexOf(frame));
    expect(before.includes(SECRET)).toBe(true);
    expect(after.includes(SECRET)).toBe(false);
    expect(after.includes('+00.25')).toBe(false);
    expect(after.includes(word(1234567))).toBe(false);
    expect(after.includes(word(7654321))).toBe(false);
  });

  it.each([
    ['truncated', film().subarray(0, -9)],
    ['in fragments', film(atom('mvex', Buffer.alloc(4)))],
    ['without a table of contents', Buffer.concat([FTYP, atom('mdat', Buffer.from(SECRET))])],
    ['something else', Buffer.from('%PDF-1.3 and so on and so on')],
    ['nothing', Buffer.alloc(0)],
  ])('is not given when it is %s', (_, bytes) => {
    expect(strippedFilm(bytes)).toBeUndefined();
  });
});

describe('R-44: a sound', () => {
  const chunk = (name: string, body: string): Buffer => {
    const head = Buffer.from(`${name}\0\0\0\0`, 'latin1');
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, Buffer.from(body.length % 2 ? `${body}\0` : body, 'latin1')]);
  };
  const wave = (...chunks: readonly Buffer[]): Buffer => {
    const body = Buffer.concat([Buffer.from('WAVE'), ...chunks]);
    const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body]);
  };

  it('keeps what is heard, and nothing that describes or follows', () => {
    const [format, data] = [chunk('fmt ', 'sixteen bytes of'), chunk('data', 'odd number of samples')];
    const before = wave(
      chunk('LIST', `INFO ${SECRET}`),
      format,
      chunk('bext', SECRET),
      data,
      chunk('id3 ', SECRET),
    );
    expect(strippedWave(Buffer.concat([before, Buffer.from(SECRET)]))).toEqual(wave(format, data));
  });

  it.each([
    ['truncated', wave(chunk('fmt ', 'x'), chunk('data', 'sound')).subarray(0, -3)],
    ['silent', wave(chunk('fmt ', 'x'))],
    ['something else', Buffer.from('RIFF....WEBP')],
    ['nothing', Buffer.alloc(0)],
  ])('is not given when it is %s', (_, bytes) => {
    expect(strippedWave(bytes)).toBeUndefined();
  });
});
