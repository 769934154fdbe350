import { lettering } from '../drawing/lettering.js';
import { machineLines } from '../drawing/machine-glyphs.js';
import { guilloche, rosette, specimenMark } from '../drawing/ornament.js';
import { type Exif, rasterise, toJpeg, toPng, withGrain } from '../drawing/raster.js';
import { element, gradient, picture, rectangle, type Svg } from '../drawing/svg.js';
import { type Person } from '../people/person.js';
import { openStream } from '../people/stream.js';
import { type Specimen } from '../specimen.js';
import { field, ghost, portrait, printedDate, signature, yearsBefore } from './parts.js';

// ICAO 9303 part 4: a data page is 125 mm by 88 mm, its machine-readable zone the lowest 23.2 mm.
const MM = 12;
const WIDTH = 125 * MM;
const HEIGHT = 88 * MM;
const ZONE = { x: 0, y: HEIGHT - 23.2 * MM, width: WIDTH, height: 23.2 * MM };

/** The data page of the person's passport, as a scan (PNG) and as a phone's picture (JPEG). */
export async function passportOf(person: Person, exif: Exif): Promise<Specimen[]> {
  const page = await rasterise(drawPassport(person));
  const facts = {
    mrz: person.passport.mrz,
    documentNumber: person.passport.number,
    widthPx: WIDTH,
    heightPx: HEIGHT,
  };
  const photo = withGrain(page, `${person.seed}/${person.index}/passport`, 7);
  const common = { element: 'DOCUMENT_FACE_PICTURE' } as const;
  return [
    { ...common, name: 'passport.png', contentType: 'image/png', bytes: await toPng(page), facts },
    {
      ...common,
      name: 'passport.jpg',
      contentType: 'image/jpeg',
      bytes: await toJpeg(photo, { quality: 88, exif }),
      facts: { ...facts, metadata: Object.values(exif).flatMap((directory) => Object.values(directory)) },
    },
  ];
}

function drawPassport(person: Person): Svg {
  const stream = openStream(`${person.passport.number}/paper`);
  const page = { x: 0, y: 0, width: WIDTH, height: HEIGHT - ZONE.height };
  return picture(
    WIDTH,
    HEIGHT,
    element(
      'defs',
      {},
      gradient('linearGradient', 'paper', { x1: 0, y1: 0, x2: 1, y2: 1 }, [
        [0, '#f3efe2'],
        [0.5, '#e6f0ec'],
        [1, '#f4e6e2'],
      ]),
    ),
    rectangle({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, { fill: 'url(#paper)' }),
    guilloche(page, stream, ['#5aa193', '#c98a92', '#8d9cc4']),
    rosette({ x: 965, y: 452, radius: 300 }, 9, '#8fb7ad', 0.4),
    heading(),
    portrait(person, { x: 72, y: 178, width: 396, height: 495 }, 'bearer'),
    fields(person),
    ghost(person, { x: 1276, y: 538, width: 176, height: 220 }, 'ghost'),
    specimenMark({ x: 500, y: 160, width: 930, height: 590 }, 168),
    rectangle(ZONE, { fill: '#fbfaf5' }),
    rectangle({ ...ZONE, height: 2 }, { fill: '#9fb3ad' }),
    machineLines(person.passport.mrz, {
      x: 6.5 * MM,
      y: ZONE.y + 104,
      pitch: 2.54 * MM,
      lineHeight: 6.6 * MM,
    }),
  );
}

const heading = (): Svg =>
  rosette({ x: 112, y: 84, radius: 62 }, 7, '#2f6f64') +
  lettering('UTOPIA', { x: 196, y: 88, size: 62, weight: 700, fill: '#1f5b51', tracking: 10 }) +
  lettering('an invented state: ICAO 9303 specimen code UTO', { x: 198, y: 124, size: 24, fill: '#3d6e66' }) +
  lettering('PASSPORT', {
    x: WIDTH - 70,
    y: 84,
    size: 48,
    weight: 600,
    anchor: 'end',
    fill: '#1f5b51',
    tracking: 5,
  }) +
  lettering('SPECIMEN · NOT A TRAVEL DOCUMENT', {
    x: WIDTH - 70,
    y: 124,
    size: 24,
    weight: 600,
    anchor: 'end',
    fill: '#c2273a',
    tracking: 1,
  });

function fields(person: Person): Svg {
  const { passport } = person;
  const size = 37;
  const [first, second, third] = [512, 800, 1088];
  return [
    field('Type', 'P', { x: first, y: 200, size }),
    field('Code', passport.country, { x: 640, y: 200, size }),
    field('Passport No.', passport.number, { x: third, y: 200, size }),
    field('Surname', person.familyName.toUpperCase(), { x: first, y: 286, size, width: 880 }),
    field('Given names', person.givenName.toUpperCase(), { x: first, y: 372, size, width: 880 }),
    field('Nationality', 'UTOPIAN', { x: first, y: 458, size }),
    field('Date of birth', printedDate(person.dateOfBirth), { x: second, y: 458, size }),
    field('Sex', person.sex, { x: third, y: 458, size }),
    field('Date of issue', printedDate(yearsBefore(passport.expiry, 10)), { x: first, y: 544, size }),
    field('Date of expiry', printedDate(passport.expiry), { x: second, y: 544, size }),
    field('Authority', 'OFFICE OF INVENTED PAPERS', { x: first, y: 630, size }),
    field('Place of birth', 'NOWHERE', { x: third, y: 544, size }),
    signature(person, { x: 80, y: 680, width: 380, height: 80 }),
    lettering("Bearer's signature", { x: 72, y: 764, size: 19, fill: '#5a6672' }),
  ].join('');
}
