import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ELEMENTS } from '@personr/law';
import { parse as parseMrz } from 'mrz';
import sharp from 'sharp';
import { inventPerson } from './people/invent-person.js';
import { specimensOf } from './specimens-of.js';
import { askew, detect, named, roughly } from './specimens.spec-helper.js';
import { type Specimen } from './specimen.js';

const FIRST = inventPerson('demo', 0);
const PEOPLE = [FIRST, inventPerson('other seed', 7)] as const;

/**
 * `golden.json` says what the first of these people sends: SHA-256 of each file that no picture is in, and of each
 * picture the grey of 4 by 4 fields. A picture's bytes are not compared here: librsvg and libvips compute with
 * the vector instructions that the processor has, and a rounding elsewhere would be no fault.
 */
type Golden = { readonly sha256: Record<string, string>; readonly greys: Record<string, number[]> };
const GOLDEN = JSON.parse(readFileSync(join(__dirname, 'golden.json'), 'utf8')) as Golden;
const ROUNDING = 2;

describe.each(PEOPLE)('the specimens of $fullName', (person) => {
  let specimens: readonly Specimen[];
  beforeAll(async () => {
    specimens = await specimensOf(person);
  });
  const pictures = () => specimens.filter(({ contentType }) => contentType.startsWith('image/'));

  it('have plain names, each its own, and elements that the law knows', () => {
    const names = specimens.map(({ name }) => name);
    expect(new Set(names).size).toBe(19);
    for (const { name, element, bytes } of specimens) {
      expect(name).toMatch(/^[a-z-]+\.[a-z]{3,4}$/);
      expect(ELEMENTS[element].title).not.toBe('');
      expect(bytes.length).toBeGreaterThan(500);
    }
  });

  it('open as the pictures they say they are', async () => {
    expect(pictures()).toHaveLength(11);
    for (const { name, contentType, bytes, facts } of pictures()) {
      const { format, width, height } = await sharp(bytes).metadata();
      expect([name, `image/${format}`, width, height]).toEqual([
        name,
        contentType,
        facts.widthPx,
        facts.heightPx,
      ]);
      const { channels } = await sharp(bytes).stats();
      expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(10);
    }
  });

  it.each(['licence-back.png', 'licence-back.jpg'])(
    'carry a PDF417 in %s that a detector reads',
    async (name) => {
      const { bytes, facts } = named(specimens, name);
      const text = facts.barcode!.text;
      expect(await detect(bytes, 'PDF417')).toEqual([text]);
      expect(text).toContain(`DLDAQ${person.driversLicenseNumber}\n`);
      expect(text).toContain(`\nDCS${person.familyName.toUpperCase()}\n`);
    },
  );

  it.each([
    ['licence-back.png', 3, 1300],
    ['licence-back.jpg', -2, 900],
    ['licence-back.jpg', 180, 900],
    ['licence-back.png', 90, 700],
  ])('carry it in a copy of %s turned by %d degrees and %d pixels wide', async (name, degrees, width) => {
    const { bytes, facts } = named(specimens, name);
    expect(await detect(await askew(bytes, degrees, width), 'PDF417')).toEqual([facts.barcode!.text]);
  });

  it('point in the barcode at a subfile that is where and as long as the header says', () => {
    const text = named(specimens, 'licence-back.png').facts.barcode!.text;
    const [, issuer, version, entries, offset, length] =
      /^@\n\x1e\rANSI (\d{6})(\d{2})\d{2}(\d{2})DL(\d{4})(\d{4})/.exec(text)!;
    expect([issuer, version, entries]).toEqual(['999999', '10', '01']);
    expect(text.slice(Number(offset))).toMatch(/^DLDAQ.*\r$/s);
    expect(text.length - Number(offset)).toBe(Number(length));
  });

  it('carry the QR code of the vaccination certificate, printed and in the JSON', async () => {
    const { qr } = JSON.parse(named(specimens, 'vaccination.json').bytes.toString()) as { qr: string };
    expect(await detect(named(specimens, 'vaccination-qr.png').bytes, 'QRCode')).toEqual([qr]);
  });

  it.each([
    ['passport.png', 'TD3', person.passport.number],
    ['passport.jpg', 'TD3', person.passport.number],
    ['id-card-back.png', 'TD1', person.stateIdNumber.slice(-9)],
  ])('name in %s a zone of format %s that a reader of such zones finds valid', (name, format, number) => {
    const read = parseMrz([...named(specimens, name).facts.mrz!]);
    // UTO is no country's code, which this reader minds, rightly.
    const minded = read.details.filter(({ valid }) => !valid).map(({ field }) => field);
    expect(minded).toEqual(['issuingState', 'nationality']);
    expect(read).toMatchObject({
      format,
      documentNumber: number,
      fields: {
        lastName: person.familyName.toUpperCase(),
        firstName: person.givenName.toUpperCase(),
        birthDate: person.dateOfBirth.slice(2).replaceAll('-', ''),
      },
    });
  });

  it('say nothing of today', () => {
    const today = new Date().toISOString().slice(0, 10);
    const written = ['', '-', ':', '/'].map((between) => today.replaceAll('-', between));
    for (const { name, bytes } of specimens) {
      const text = bytes.toString('latin1');
      expect([name, written.filter((date) => text.includes(date))]).toEqual([name, []]);
    }
  });

  it('are drawn once', async () => {
    expect(await specimensOf(inventPerson(person.seed, person.index))).toBe(specimens);
  });
});

describe('two people', () => {
  it('share no file', async () => {
    const [ours, theirs] = await Promise.all(PEOPLE.map(specimensOf));
    for (const { name, bytes } of ours!) {
      expect([name, bytes.equals(named(theirs!, name).bytes)]).toEqual([name, false]);
    }
  });
});

describe('the specimens of the first person of the demo', () => {
  it('are, where no picture is in them, what they were, byte for byte', async () => {
    const hashes = (await specimensOf(FIRST))
      .filter(({ contentType }) => !/^(image|video)\//.test(contentType))
      .map(({ name, bytes }) => [name, createHash('sha256').update(bytes).digest('hex')]);
    expect(Object.fromEntries(hashes)).toEqual(GOLDEN.sha256);
  });

  it('look as they did', async () => {
    const pictures = (await specimensOf(FIRST)).filter(({ contentType }) => contentType.startsWith('image/'));
    expect(pictures.map(({ name }) => name).sort()).toEqual(Object.keys(GOLDEN.greys).sort());
    for (const { name, bytes } of pictures) {
      const greys = await roughly(bytes);
      const off = greys.map((grey, field) => Math.abs(grey - GOLDEN.greys[name]![field]!));
      expect([name, Math.max(...off) <= ROUNDING]).toEqual([name, true]);
    }
  });
});
