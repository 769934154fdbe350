import sharp from 'sharp';
import { type ForbiddenValue, namesDocument } from '../values/forbidden-value.js';
import { sightings, type Sighting } from '../values/find-values.js';
import { fold, normalise } from '../values/normalise.js';
import { looksLikeZone, type Zone, zoneOf } from '../values/zone.js';
import { type Frame } from './frame.js';
import { type Line, type TextReader, type Word } from './ocr.js';
import { around, type Box, cornersOf, grown, type Polygon } from './polygon.js';

/** What was read of a picture in one direction. */
export type Reading = {
  /** What has to be covered, in the picture's own pixels. */
  readonly regions: readonly Polygon[];
  /** The zone, when one was read with its check digits right. */
  readonly zone: Zone | undefined;
  /** Whether anything looks like a zone, read or not. */
  readonly hintsAtZone: boolean;
  readonly namesPassport: boolean;
  /** Whether the number of a document was read outside the zone, with one character in eight wrong at most. */
  readonly showsNumber: boolean;
  /** Words of four letters or more that the reader is sure of: what says that the picture lies the right way up. */
  readonly sureWords: number;
  readonly text: string;
};

const [SURE, UNSURE] = [75, 50] as const;
const [MANY_DIGITS, SOME_DIGITS] = [6, 4] as const;
const DATE = /^\W*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\W*$/;
const PASSPORT = /PASSPORT|PASSEPORT|PASAPORTE|REISEPASS|PASSAPORTO/i;
/** Fillers behind letters, or three in a row: less than that is read from folds of cloth. */
const FILLERS = /[A-Z0-9]{2}<{2}|<{3}/;
const MARGIN = 0.45;
/** How wide a letter is at most, as a share of its height. */
const LETTER = 0.8;
const ZONE_WIDTHS = [1500, 1000, 2000] as const;

const textOf = ({ words }: Line): string => words.map(({ text }) => text).join(' ');
const heightOf = ({ y0, y1 }: Box): number => y1 - y0;

/** Reads the frame and says where the values and all that looks like a number or a zone are. */
export async function readFrame(
  frame: Frame,
  reader: TextReader,
  forbidden: readonly ForbiddenValue[],
): Promise<Reading> {
  const lines = await reader.scattered(frame.png);
  const band = bandOf(lines);
  const zoneLines = band === undefined ? [] : await readBand(frame, reader, band);
  const zone = zoneOf(zoneLines) ?? zoneOf(lines.map(textOf));
  const sought = [...forbidden, ...ofZone(zone)].filter(({ kind }) => kind !== 'BIOMETRIC');
  const outside = lines.filter(({ box }) => band === undefined || !isWithin(box, band));
  const documents = sought.filter(namesDocument);
  const boxes = [
    ...(band === undefined ? [] : [band]),
    ...outside.flatMap((line) => forbiddenBoxes(line, sought)),
  ];
  const text = lines.map(textOf).join('\n');
  return {
    regions: boxes.map((box) => cornersOf(box).map((corner) => frame.back(corner))),
    zone,
    hintsAtZone: band !== undefined || FILLERS.test(text),
    namesPassport: PASSPORT.test(text),
    showsNumber: outside.some((line) => sightings(textOf(line), documents, 8).length > 0),
    sureWords: outside.flatMap(({ words }) => words).filter(isSure).length,
    text: [text, ...zoneLines].join('\n'),
  };
}

const isSure = ({ text, confidence }: Word): boolean => confidence >= SURE && /^\W*\p{L}{4,}\W*$/u.test(text);

const ofZone = (zone: Zone | undefined): ForbiddenValue[] =>
  zone === undefined ? [] : [{ kind: 'ID_NUMBER', value: zone.documentNumber }];

const isWithin = (box: Box, outer: Box): boolean => {
  const middle = (box.y0 + box.y1) / 2;
  return middle > outer.y0 && middle < outer.y1;
};

/** The band of the picture that a zone takes, with a margin; undefined when no line looks like one. */
function bandOf(lines: readonly Line[]): Box | undefined {
  const alike = lines.filter((line) => looksLikeZone(textOf(line)));
  if (alike.length === 0) return undefined;
  const core = around(alike.map(({ box }) => box));
  const height = Math.max(...alike.map(({ box }) => heightOf(box)));
  const near = grown(core, 0, height * 2.5);
  const long = lines.filter(({ box }) => isWithin(box, near) && box.x1 - box.x0 > (core.x1 - core.x0) / 2);
  const all = around([...alike, ...long].map(({ box }) => box));
  // Where one line was seen there is another, above or below.
  const seen = Math.round(heightOf(all) / height);
  return grown(all, height * 2, height * (seen < 3 ? 3 : 0.8));
}

async function readBand({ png }: Frame, reader: TextReader, band: Box): Promise<string[]> {
  const { width, height } = await sharp(png).metadata();
  const [left, top] = [Math.max(0, Math.floor(band.x0)), Math.max(0, Math.floor(band.y0))];
  const crop = {
    left,
    top,
    width: Math.max(1, Math.min(width, Math.ceil(band.x1)) - left),
    height: Math.max(1, Math.min(height, Math.ceil(band.y1)) - top),
  };
  const cut = await sharp(png).extract(crop).png({ compressionLevel: 0 }).toBuffer();
  const all: string[] = [];
  for (const wide of ZONE_WIDTHS) {
    const scaled = await sharp(cut).resize({ width: wide }).png({ compressionLevel: 1 }).toBuffer();
    const lines = (await reader.zone(scaled)).map(textOf);
    all.push(...lines);
    if (zoneOf(lines) !== undefined) break;
  }
  return all;
}

/** The boxes of a line that must go: the values, whatever has many digits, and digits that could not be read well. */
function forbiddenBoxes(line: Line, forbidden: readonly ForbiddenValue[]): Box[] {
  const values = sightings(textOf(line), forbidden).map((sighting) => boxOf(line, sighting));
  const numbers = line.words.filter(isNumberLike).map(({ box }) => withMargin(box));
  return [...values, ...numbers];
}

function isNumberLike({ text, confidence }: Word): boolean {
  if (DATE.test(text)) return false;
  const digits = normalise(text).replace(/\D/g, '').length;
  return digits >= MANY_DIGITS || (digits >= SOME_DIGITS && confidence < UNSURE) || /UVCI/i.test(text);
}

const withMargin = (box: Box): Box => grown(box, heightOf(box) * MARGIN, heightOf(box) * MARGIN);

/** The words a value was seen in, and as much to either side as the whole value reaches beyond what was seen. */
function boxOf({ words, box }: Line, { value, form, from, to }: Sighting): Box {
  let at = 0;
  const spans = words.map((word) => {
    const begin = at;
    at += fold(word.text).length;
    return { word, begin, end: at };
  });
  const touched = spans.filter(({ begin, end }) => begin < to && end > from);
  const [first, last] = [touched[0], touched.at(-1)];
  if (first === undefined || last === undefined) return withMargin(box);
  const found = around(touched.map(({ word }) => word.box));
  const whole = normalise(value.value);
  const before = Math.max(0, whole.indexOf(form) - (from - first.begin));
  const after = Math.max(0, whole.length - whole.indexOf(form) - form.length - (last.end - to));
  const [margined, letter] = [withMargin(found), heightOf(found) * LETTER];
  return { ...margined, x0: margined.x0 - before * letter, x1: margined.x1 + after * letter };
}
