import { lettering } from '../drawing/lettering.js';
import { machineLines } from '../drawing/machine-glyphs.js';
import { rosette, specimenMark } from '../drawing/ornament.js';
import { type Exif } from '../drawing/raster.js';
import { rectangle, type Svg } from '../drawing/svg.js';
import { mrzTd1 } from '../people/mrz.js';
import { type Person } from '../people/person.js';
import { type Specimen } from '../specimen.js';
import { bothForms, CARD, drawCard, MM, type Paper } from './card.js';
import { field, ghost, portrait, printedDate, signature, yearsBefore } from './parts.js';

const PAPER: Paper = {
  ground: ['#eaf3e6', '#f5f3e4', '#e4eff2'],
  lines: ['#8fb48a', '#c9b27a', '#86afbd'],
};
const GREEN = '#35603a';
const RED = '#c2273a';
const TERM_YEARS = 8;

/** The person's identity card, front and back; the three lines of its machine-readable zone are on the back. */
export async function idCardOf(person: Person, exif: Exif): Promise<Specimen[]> {
  const { stateIdNumber: documentNumber } = person;
  const issued = yearsBefore(person.passport.expiry, TERM_YEARS);
  const mrz = mrzTd1({
    issuer: 'UTO',
    nationality: 'UTO',
    surname: person.familyName,
    givenNames: person.givenName,
    documentNumber: documentNumber.replace('UTO-', ''),
    dateOfBirth: person.dateOfBirth,
    sex: person.sex,
    expiry: person.passport.expiry,
  });
  const taken = { exif, label: `${person.seed}/${person.index}` };
  const [front] = await bothForms(
    drawFront(person, issued),
    { name: 'id-card-front', element: 'DOCUMENT_FACE_PICTURE', facts: { documentNumber } },
    taken,
  );
  const [back] = await bothForms(
    drawBack(person, mrz),
    { name: 'id-card-back', element: 'MRZ', facts: { documentNumber, mrz } },
    taken,
  );
  return [front, back].filter((side) => side !== undefined);
}

function drawFront(person: Person, issued: string): Svg {
  const size = 32;
  const [first, second] = [436, 800];
  return drawCard(
    person.stateIdNumber,
    PAPER,
    rosette({ x: 860, y: 440, radius: 250 }, 11, '#8fb48a', 0.4),
    rosette({ x: 90, y: 78, radius: 54 }, 7, GREEN),
    lettering('UTOPIA', { x: 164, y: 80, size: 48, weight: 700, fill: GREEN, tracking: 8 }),
    lettering('an invented state', { x: 166, y: 112, size: 22, fill: GREEN }),
    lettering('IDENTITY CARD', {
      x: CARD.width - 56,
      y: 80,
      size: 40,
      weight: 600,
      anchor: 'end',
      fill: GREEN,
      tracking: 3,
    }),
    lettering('SPECIMEN · PROVES NOTHING', {
      x: CARD.width - 56,
      y: 112,
      size: 22,
      weight: 600,
      anchor: 'end',
      fill: RED,
    }),
    portrait(person, { x: 56, y: 160, width: 340, height: 425 }, 'bearer'),
    field('Surname', person.familyName.toUpperCase(), { x: first, y: 190, size, width: 680 }),
    field('Given names', person.givenName.toUpperCase(), { x: first, y: 270, size, width: 680 }),
    field('Date of birth', printedDate(person.dateOfBirth), { x: first, y: 350, size }),
    field('Sex', person.sex, { x: second, y: 350, size }),
    field('Nationality', 'UTOPIAN', { x: first, y: 430, size }),
    field('Card No.', person.stateIdNumber, { x: second, y: 430, size }),
    field('Date of issue', printedDate(issued), { x: first, y: 510, size }),
    field('Date of expiry', printedDate(person.passport.expiry), { x: second, y: 510, size }),
    signature(person, { x: first, y: 590, width: 330, height: 84 }),
    lettering('Signature', { x: first, y: 694, size: 17, fill: '#5a6672' }),
    ghost(person, { x: 1000, y: 560, width: 136, height: 170 }, 'ghost'),
    specimenMark({ x: 410, y: 140, width: 760, height: 560 }, 138),
  );
}

function drawBack(person: Person, mrz: readonly string[]): Svg {
  const zone = { x: 0, y: CARD.height - 320, width: CARD.width, height: 320 };
  return drawCard(
    `${person.stateIdNumber}/back`,
    PAPER,
    field('Address', person.address.toUpperCase(), { x: 64, y: 74, size: 32, width: 1060 }),
    field('Authority', 'OFFICE OF INVENTED PAPERS', { x: 64, y: 164, size: 32 }),
    rosette({ x: 1060, y: 250, radius: 110 }, 7, GREEN, 0.6),
    specimenMark({ x: 0, y: 60, width: CARD.width, height: 380 }, 130),
    rectangle(zone, { fill: '#fbfcf8' }),
    rectangle({ ...zone, height: 2 }, { fill: '#a4b8a0' }),
    machineLines(mrz, {
      x: (CARD.width - 30 * 2.54 * MM) / 2,
      y: zone.y + 92,
      pitch: 2.54 * MM,
      lineHeight: 6.4 * MM,
    }),
  );
}
