import { type ForbiddenValue } from '../values/forbidden-value.js';
import { LEGIBLE, type PictureRole } from './certainty.js';
import { readFrame, type Reading } from './find-text.js';
import { frameOf, type Ink, levelling } from './frame.js';
import { type TextReader } from './ocr.js';
import { type Raster } from './raster.js';

/** What was read of a picture, and the clockwise turn in degrees after which it was. */
export type Found = { readonly reading: Reading; readonly degrees: number };

type Search = {
  readonly reader: TextReader;
  readonly forbidden: readonly ForbiddenValue[];
  readonly role: PictureRole;
};

const QUARTERS = [180, 90, 270] as const;

const isUpright = ({ sureWords, zone }: Reading): boolean => sureWords >= LEGIBLE || zone !== undefined;

const isBetter = (one: Reading, other: Reading): boolean =>
  one.sureWords > other.sureWords || (one.zone !== undefined && other.zone === undefined);

/**
 * Reads the picture the way that its text lies. Where a document's number is not seen, it is read once more through
 * red glass, which takes red print over the number away.
 */
export async function readUpright(raster: Raster, { reader, forbidden, role }: Search): Promise<Found> {
  const level = await levelling(raster);
  const read = async (degrees: number, ink: Ink): Promise<Found> => ({
    reading: await readFrame(await frameOf(raster, degrees, ink), reader, forbidden),
    degrees,
  });
  let best = await read(level, 'GREY');
  for (const turn of QUARTERS) {
    if (isUpright(best.reading)) break;
    const other = await read(turn + level, 'GREY');
    if (isBetter(other.reading, best.reading)) best = other;
  }
  if (role !== 'IDENTITY' || best.reading.showsNumber) return best;
  const red = await read(best.degrees, 'RED');
  return { ...best, reading: both(best.reading, red.reading) };
}

const both = (grey: Reading, red: Reading): Reading => ({
  regions: [...grey.regions, ...red.regions],
  zone: grey.zone ?? red.zone,
  hintsAtZone: grey.hintsAtZone || red.hintsAtZone,
  namesPassport: grey.namesPassport || red.namesPassport,
  showsNumber: grey.showsNumber || red.showsNumber,
  sureWords: Math.max(grey.sureWords, red.sureWords),
  text: `${grey.text}\n${red.text}`,
});
