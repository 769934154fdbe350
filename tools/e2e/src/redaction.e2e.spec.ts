import { type PackedFile, type Redaction, type Redactor } from '@personr/redaction';
import { inventPerson, type Specimen, specimensOf } from '@personr/specimens';
import { deflateSync, crc32 } from 'node:zlib';
import sharp from 'sharp';
import {
  aRedactor,
  barcodeTexts,
  difference,
  documentOf,
  forbiddenOf,
  painted,
} from './redaction.spec-helper.js';

jest.setTimeout(900_000);

const PERSON = inventPerson('demo', 0);
const FORBIDDEN = forbiddenOf(PERSON);
/** What gives somebody away and must be in no byte, whatever it is written with. */
const SECRETS = FORBIDDEN.map(({ value }) => value.replace(/\W/g, '').slice(-8));

describe('R-44, R-45: what a consumer is given of a document', () => {
  let specimens: readonly Specimen[];
  let redactor: Redactor;
  beforeAll(async () => {
    specimens = await specimensOf(PERSON);
    redactor = aRedactor();
  });
  afterAll(() => redactor.close());

  const named = (name: string): Specimen => specimens.find((specimen) => specimen.name === name)!;
  const redacted = (specimen: Specimen, bytes = specimen.bytes): Promise<Redaction> =>
    redactor.redact(documentOf(specimen, FORBIDDEN), bytes);
  async function given(specimen: Specimen, bytes = specimen.bytes): Promise<Buffer> {
    const redaction = await redacted(specimen, bytes);
    if (redaction.outcome !== 'GIVEN') throw new Error(redaction.reason);
    return redaction.bytes;
  }
  const packed = ({ name, contentType }: Specimen, bytes: Buffer): PackedFile => ({
    name,
    mediaType: contentType,
    bytes,
  });
  const wheres = async (specimen: Specimen, bytes: Buffer): Promise<string[]> =>
    (await redactor.search(packed(specimen, bytes), FORBIDDEN)).map(({ where }) => where);

  it.each([
    ['passport.jpg', 'PICTURE', 0.25],
    ['id-card-front.png', 'PICTURE', 0.1],
    ['id-card-back.png', 'PICTURE', 0.5],
  ])('%s is covered where its numbers are, and is otherwise as it was', async (name, where, most) => {
    const specimen = named(name);
    expect(await wheres(specimen, specimen.bytes)).toContain(where);
    const masked = await given(specimen);
    expect(await redactor.search(packed(specimen, masked), FORBIDDEN)).toEqual([]);
    expect(await barcodeTexts(masked)).toEqual([]);
    for (const text of [...SECRETS, ...(specimen.facts.metadata ?? [])]) {
      if (text.length > 3) expect(masked.includes(text)).toBe(false);
    }
    const { covered, rest } = await difference(specimen.bytes, masked);
    expect(covered).toBeGreaterThan(0.005);
    expect(covered).toBeLessThan(most);
    expect(rest).toBeLessThan(name.endsWith('.png') ? 1e-9 : 3);
    const { exif, icc, xmp, iptc, format, pages } = await sharp(masked).metadata();
    expect([exif, icc, xmp, iptc, pages]).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(`image/${format}`).toBe(specimen.contentType);
  });

  it('hard case 9: a licence number that is only in the barcode of a picture is found, and covered', async () => {
    const back = named('licence-back.png');
    const silent = await painted(back.bytes, '#f4eef4', [80, 670, 300, 60]);
    expect(await wheres(back, silent)).toEqual(['BARCODE']);
    expect((await barcodeTexts(silent)).join()).toContain(PERSON.driversLicenseNumber);
    const masked = await given(back, silent);
    expect(await barcodeTexts(masked)).toEqual([]);
    expect(await redactor.search(packed(back, masked), FORBIDDEN)).toEqual([]);
  });

  it('the code of a vaccination certificate is covered', async () => {
    const code = named('vaccination-qr.png');
    expect(await barcodeTexts(await given(code))).toEqual([]);
  });

  it('a selfie is given whole, without what the telephone wrote into it', async () => {
    const selfie = named('selfie.jpg');
    const masked = await given(selfie);
    for (const text of selfie.facts.metadata ?? [])
      if (text.length > 3) expect(masked.includes(text)).toBe(false);
    expect((await difference(selfie.bytes, masked)).rest).toBeLessThan(3);
    expect((await sharp(masked).metadata()).exif).toBeUndefined();
  });

  it.each(['liveness.mov', 'voice.wav'])('%s is given without its metadata', async (name) => {
    const recording = named(name);
    const stripped = await given(recording);
    for (const text of recording.facts.metadata ?? []) {
      expect([text, recording.bytes.includes(Buffer.from(text, 'latin1'))]).toEqual([text, true]);
      expect([text, stripped.includes(Buffer.from(text, 'latin1'))]).toEqual([text, false]);
    }
    expect(await redactor.search(packed(recording, stripped), FORBIDDEN)).toEqual([]);
  });

  it('the statement of a bank is given without the account and without its metadata', async () => {
    const statement = named('source-of-funds.pdf');
    expect(await wheres(statement, statement.bytes)).toEqual(expect.arrayContaining(['BYTES', 'PAPER']));
    const masked = await given(statement);
    expect(await redactor.search(packed(statement, masked), FORBIDDEN)).toEqual([]);
    for (const text of statement.facts.metadata ?? []) expect(masked.includes(text)).toBe(false);
  });

  it.each(['face-template.bin', 'face-template.json'])('%s is described only', async (name) => {
    const template = named(name);
    expect(await redacted(template)).toMatchObject({ outcome: 'WITHHELD', reason: 'DESCRIBED_ONLY' });
    const measured = named('face-template.bin').bytes.toString('base64');
    expect(
      await redactor.search(packed(template, template.bytes), [{ kind: 'BIOMETRIC', value: measured }]),
    ).toContainEqual({ kind: 'BIOMETRIC', where: 'BYTES' });
  });

  it('R-46: what was made for security is described only', async () => {
    const bytes = Buffer.from('{"score":0.93}');
    const scored = { element: 'LIVENESS_SCORE', mediaType: 'application/json', forbidden: [] } as const;
    expect(await redactor.redact(scored, bytes)).toMatchObject({ reason: 'SECURITY_DATA' });
  });

  describe('is withheld', () => {
    it.each<[string, string, string, (specimen: Specimen) => Buffer | Promise<Buffer>]>([
      [
        'a passport whose zone cannot be read',
        'passport.png',
        'ZONE_NOT_FOUND',
        ({ bytes }) => painted(bytes, '#fbfaf5', [300, 920, 200, 60]),
      ],
      [
        'a passport whose zone is cut off',
        'passport.png',
        'ZONE_NOT_FOUND',
        ({ bytes }) => sharp(bytes).extract({ left: 0, top: 0, width: 1500, height: 780 }).png().toBuffer(),
      ],
      [
        'a card whose number cannot be read',
        'id-card-front.png',
        'NUMBER_NOT_FOUND',
        ({ bytes }) => painted(bytes, '#ecf3e4', [860, 430, 120, 45]),
      ],
      [
        'a code that is damaged',
        'licence-back.png',
        'BARCODE_NOT_FOUND',
        ({ bytes }) => painted(bytes, '#101318', [110, 250, 420, 350]),
      ],
      [
        'a picture too small to be read',
        'licence-front.png',
        'NOT_LEGIBLE',
        ({ bytes }) => sharp(bytes).resize({ width: 120 }).png().toBuffer(),
      ],
      ['half a file', 'passport.png', 'UNREADABLE', ({ bytes }) => bytes.subarray(0, bytes.length / 2)],
      ['half a JPEG', 'selfie.jpg', 'UNREADABLE', ({ bytes }) => bytes.subarray(0, bytes.length / 2)],
      [
        'a file with a byte turned',
        'passport.png',
        'UNREADABLE',
        ({ bytes }) => {
          const turned = Buffer.from(bytes);
          turned[300_000]! ^= 0xff;
          return turned;
        },
      ],
      ['another kind of picture', 'passport.png', 'NOT_WHAT_IT_SAYS', () => named('passport.jpg').bytes],
      [
        'a page of HTML',
        'selfie.jpg',
        'NOT_WHAT_IT_SAYS',
        () => Buffer.from('<html><script>alert(1)</script>'),
      ],
      ['a bomb', 'selfie.jpg', 'NOT_WHAT_IT_SAYS', () => bomb(60_000)],
      ['a bomb in its own format', 'passport.png', 'UNREADABLE', () => bomb(60_000)],
      ['nothing', 'passport.png', 'NOT_WHAT_IT_SAYS', () => Buffer.alloc(0)],
    ])('%s: %s is %s', async (_, name, reason, make) => {
      const specimen = named(name);
      expect(await redacted(specimen, await make(specimen))).toMatchObject({ outcome: 'WITHHELD', reason });
    });
  });

  it('the metadata of a picture is found, wherever it is, and gone in what is given', async () => {
    const selfie = named('selfie.jpg');
    const comment = await sharp(selfie.bytes)
      .resize({ width: 300 })
      .withExif({ IFD0: { ImageDescription: `licence ${PERSON.driversLicenseNumber}` } })
      .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>${PERSON.ssn}</a></x:xmpmeta>`)
      .jpeg()
      .toBuffer();
    expect(await wheres(selfie, comment)).toEqual(expect.arrayContaining(['BYTES', 'METADATA']));
    expect(await redactor.search(packed(selfie, await given(selfie, comment)), FORBIDDEN)).toEqual([]);
    const png = { ...selfie, name: 'selfie.png', contentType: 'image/png' };
    const hidden = withChunk(
      await sharp(selfie.bytes).resize({ width: 300 }).png().toBuffer(),
      'zTXt',
      Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(`her SSN is ${PERSON.ssn}`)]),
    );
    expect(await wheres(png, hidden)).toContain('METADATA');
    expect(await redactor.search(packed(png, await given(png, hidden)), FORBIDDEN)).toEqual([]);
  });

  it('what follows the picture in its file is found, and gone in what is given', async () => {
    const selfie = named('selfie.jpg');
    const polyglot = Buffer.concat([
      selfie.bytes,
      Buffer.from(`PK\x03\x04 <script>"${PERSON.ssn}"</script>`),
    ]);
    expect(await wheres(selfie, polyglot)).toContain('BYTES');
    const masked = await given(selfie, polyglot);
    expect(masked.includes('<script>')).toBe(false);
    expect(await redactor.search(packed(selfie, masked), FORBIDDEN)).toEqual([]);
  });

  it('a finished file is found out by its name too, and one that cannot be searched is never passed', async () => {
    const text = { mediaType: 'application/json', bytes: Buffer.from('{}') };
    expect(await redactor.search({ ...text, name: `documents/${PERSON.ssn}.json` }, FORBIDDEN)).toEqual([
      { kind: 'SSN', where: 'NAME' },
    ]);
    expect(await redactor.search({ ...text, name: 'data.json' }, FORBIDDEN)).toEqual([]);
    for (const mediaType of ['application/zip', 'image/png', 'application/pdf']) {
      expect(await redactor.search({ name: 'x', mediaType, bytes: Buffer.from('PK..') }, FORBIDDEN)).toEqual([
        { kind: 'UNSEARCHABLE', where: 'BYTES' },
      ]);
    }
  });
});

/** A picture of `side` by `side` pixels that is a few kilobytes long. */
function bomb(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((side / 8 + 1) * 100), { level: 9 });
  const empty = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([empty, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const framed = Buffer.alloc(8);
  framed.writeUInt32BE(body.length, 0);
  framed.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([framed.subarray(0, 4), named, framed.subarray(4)]);
}

/** The PNG with one more chunk before its pixels. */
const withChunk = (png: Buffer, name: string, body: Buffer): Buffer =>
  Buffer.concat([png.subarray(0, 33), chunk(name, body), png.subarray(33)]);
