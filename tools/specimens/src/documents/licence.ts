import { drawModules, pdf417 } from '../drawing/barcode.js';
import { lettering } from '../drawing/lettering.js';
import { rosette, specimenMark } from '../drawing/ornament.js';
import { type Exif } from '../drawing/raster.js';
import { rectangle, type Svg } from '../drawing/svg.js';
import { type Person } from '../people/person.js';
import { type Specimen } from '../specimen.js';
import { aamvaText, licenceOf, type Licence } from './aamva.js';
import { bothForms, CARD, drawCard, type Paper } from './card.js';
import { field, ghost, portrait, printedDate, signature } from './parts.js';

const PAPER: Paper = {
  ground: ['#e8eff8', '#f3edf4', '#fbeee2'],
  lines: ['#7f9dc6', '#c69a8a', '#a58fbd'],
};
const BLUE = '#274b7f';
const RED = '#c2273a';

/** The person's driver's licence, front and back, each as PNG and JPEG; the PDF417 is on the back. */
export async function licencesOf(person: Person, exif: Exif): Promise<Specimen[]> {
  const licence = licenceOf(person);
  const label = `${person.seed}/${person.index}`;
  const text = aamvaText(person, licence);
  const front = await bothForms(
    drawFront(person, licence),
    {
      name: 'licence-front',
      element: 'DOCUMENT_FACE_PICTURE',
      facts: { documentNumber: licence.number },
    },
    { exif, label },
  );
  const back = await bothForms(
    drawBack(licence, text),
    {
      name: 'licence-back',
      element: 'BARCODE_CONTENTS',
      facts: { documentNumber: licence.number, barcode: { format: 'PDF417', text } },
    },
    { exif, label },
  );
  return [...front, ...back];
}

function drawFront(person: Person, licence: Licence): Svg {
  const size = 29;
  const [first, second, third] = [400, 668, 900];
  const street = licence.street.toUpperCase();
  return drawCard(
    licence.number,
    PAPER,
    rectangle({ x: 0, y: 0, width: CARD.width, height: 112 }, { fill: BLUE, 'fill-opacity': 0.9 }),
    rosette({ x: 74, y: 56, radius: 44 }, 5, '#dfe9f7'),
    lettering('TERRITORY OF NOWHERE', { x: 138, y: 56, size: 42, weight: 700, fill: '#ffffff', tracking: 3 }),
    lettering("an invented issuer's card: specimen, gives no right to drive", {
      x: 139,
      y: 90,
      size: 21,
      fill: '#dfe9f7',
    }),
    lettering("DRIVER'S LICENCE", {
      x: CARD.width - 48,
      y: 56,
      size: 32,
      weight: 600,
      anchor: 'end',
      fill: '#ffffff',
      tracking: 1,
    }),
    portrait(person, { x: 52, y: 146, width: 300, height: 375 }, 'bearer'),
    ghost(person, { x: 1000, y: 560, width: 136, height: 170 }, 'ghost'),
    field('4d  Licence No.', licence.number, { x: first, y: 168, size: 38 }),
    field('1  Family name', person.familyName.toUpperCase(), { x: first, y: 244, size, width: 460 }),
    field('2  Given names', person.givenName.toUpperCase(), { x: first, y: 310, size, width: 460 }),
    field('8  Address', `${street}, ${licence.city.toUpperCase()}, CA ${licence.postcode}`, {
      x: first,
      y: 376,
      size,
      width: 740,
    }),
    field('3  Date of birth', printedDate(person.dateOfBirth), { x: first, y: 442, size }),
    field('15  Sex', person.sex, { x: second, y: 442, size }),
    field('16  Height', feet(licence.heightInches), { x: third, y: 442, size }),
    field('4a  Issued', printedDate(licence.issued), { x: first, y: 508, size }),
    field('4b  Expires', printedDate(licence.expiry), { x: second, y: 508, size }),
    field('9  Class', 'C', { x: third, y: 508, size }),
    field('9a  Endorsements', 'NONE', { x: first, y: 574, size }),
    field('12  Restrictions', 'NONE', { x: second, y: 574, size }),
    signature(person, { x: 56, y: 536, width: 296, height: 84 }),
    lettering('7  Signature', { x: 52, y: 640, size: 17, fill: '#5a6672' }),
    field('5  Document discriminator', `SPECIMEN${licence.number.slice(-8)}`, { x: first, y: 640, size: 25 }),
    specimenMark({ x: 380, y: 130, width: 790, height: 590 }, 142),
  );
}

const feet = (inches: number): string =>
  `${Math.floor(inches / 12)}'-${String(inches % 12).padStart(2, '0')}"`;

function drawBack(licence: Licence, text: string): Svg {
  const symbol = pdf417(text);
  const module = 4;
  const width = symbol.columns * module;
  const height = symbol.rows * symbol.rowHeight * module;
  const x = Math.round((CARD.width - width) / 2);
  const y = 250;
  const quiet = 8 * module;
  return drawCard(
    `${licence.number}/back`,
    PAPER,
    rectangle({ x: 0, y: 0, width: CARD.width, height: 64 }, { fill: '#23282e' }),
    lettering('TERRITORY OF NOWHERE', {
      x: x - quiet,
      y: 126,
      size: 30,
      weight: 700,
      fill: BLUE,
      tracking: 2,
    }),
    lettering('SPECIMEN · gives no right to drive', {
      x: x + width + quiet,
      y: 126,
      size: 26,
      weight: 600,
      anchor: 'end',
      fill: RED,
    }),
    lettering(
      'Class C: a vehicle nobody has built, below 26,000 lb.   Restrictions: none.   Endorsements: none.',
      {
        x: x - quiet,
        y: 166,
        size: 22,
      },
    ),
    lettering(
      'Found it? It is of no use: issuer 999999 of country 999 does not exist (ISO/IEC 7812, ISO 3166).',
      {
        x: x - quiet,
        y: 196,
        size: 22,
      },
    ),
    rectangle(
      { x: x - quiet, y: y - quiet, width: width + 2 * quiet, height: height + 2 * quiet },
      { fill: '#ffffff' },
    ),
    drawModules(symbol, { x, y, module }),
    lettering(licence.number, { x: x - quiet, y: CARD.height - 44, size: 30, weight: 600, tracking: 2 }),
    lettering('SPECIMEN', {
      x: x + width + quiet,
      y: CARD.height - 40,
      size: 56,
      weight: 700,
      anchor: 'end',
      fill: RED,
      tracking: 8,
    }),
  );
}
