import { type Redactor } from '@personr/redaction';
import { inventPerson, type Person, type Specimen, specimensOf } from '@personr/specimens';
import sharp from 'sharp';
import { aRedactor, barcodeTexts, documentOf, forbiddenOf } from './redaction.spec-helper.js';

jest.setTimeout(7_200_000);

const PEOPLE = [inventPerson('demo', 3), inventPerson('other seed', 7)] as const;
const NAMES = [
  'passport.png',
  'licence-front.jpg',
  'licence-back.png',
  'id-card-front.png',
  'id-card-back.png',
] as const;
/** Turned by so many degrees on a grey table, so many pixels wide, in this quality of JPEG. */
const VIEWS = [
  [0, 1500, 90],
  [0, 2400, 90],
  [0, 600, 50],
  [4, 1100, 80],
  [-3, 900, 60],
  [9, 1600, 70],
  [90, 1300, 85],
  [180, 900, 80],
  [270, 800, 30],
  [30, 1200, 80],
] as const;
/** What a person with a scanner sends must not be withheld. */
const EASY = VIEWS.slice(0, 2);

const seen = async (picture: Buffer, [degrees, width, quality]: (typeof VIEWS)[number]): Promise<Buffer> =>
  sharp(await sharp(picture).rotate(degrees, { background: '#8a8f94' }).toBuffer())
    .resize({ width })
    .jpeg({ quality })
    .toBuffer();

describe.each(PEOPLE)('R-45: pictures of the documents of $fullName, however taken', (person: Person) => {
  let redactor: Redactor;
  let specimens: readonly Specimen[];
  const forbidden = forbiddenOf(person);
  beforeAll(async () => {
    redactor = aRedactor();
    specimens = await specimensOf(person);
  });
  afterAll(() => redactor.close());

  it.each(NAMES.flatMap((name) => VIEWS.map((view) => [name, view] as const)))(
    '%s seen as %j shows nothing that is forbidden, or is withheld',
    async (name, view) => {
      const specimen = specimens.find((each) => each.name === name)!;
      const picture = await seen(specimen.bytes, view);
      const document = { ...documentOf(specimen, forbidden), mediaType: 'image/jpeg' };
      const redaction = await redactor.redact(document, picture);
      if (redaction.outcome === 'WITHHELD') {
        expect([view, redaction.reason]).toEqual([EASY.includes(view) ? 'never' : view, expect.any(String)]);
        return;
      }
      expect(await barcodeTexts(redaction.bytes)).toEqual([]);
      const upright = await sharp(redaction.bytes).rotate(-view[0]).jpeg({ quality: 95 }).toBuffer();
      for (const bytes of [redaction.bytes, upright]) {
        const file = { name: 'picture.jpg', mediaType: 'image/jpeg', bytes };
        expect(await redactor.search(file, forbidden)).toEqual([]);
      }
    },
  );
});
