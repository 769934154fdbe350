import { type ForbiddenValue } from '../values/forbidden-value.js';
import { sightings, valuesInBytes } from '../values/find-values.js';
import { looksLikeZone } from '../values/zone.js';
import { barcodesIn } from './barcodes.js';
import { readFrame, type Reading } from './find-text.js';
import { frameOf } from './frame.js';
import { type TextReader } from './ocr.js';
import { type Polygon } from './polygon.js';
import { decode, type Raster } from './raster.js';

/** What to search a picture for, and the turn after which its text lies level. */
export type Check = {
  readonly forbidden: readonly ForbiddenValue[];
  readonly degrees: number;
  readonly reader: TextReader;
};

const QUARTERS = [0, 90, 180, 270] as const;
/** One wrong character in so many still makes a value known. */
const PER_ERROR = 8;

/**
 * The regions of a picture that was masked in which something forbidden is still found; none when it is clean.
 * Undefined when something is found of which it is not known where it stands.
 */
export async function leftIn(
  bytes: Buffer,
  { forbidden, degrees, reader }: Check,
): Promise<readonly Polygon[] | undefined> {
  if (valuesInBytes(bytes, forbidden).length > 0) return undefined;
  const raster = await decode(bytes);
  const codes = (await barcodesIn(raster)).map(({ polygon }) => polygon);
  const readings = await readAround(raster, degrees, reader, forbidden);
  const speaking = readings.filter((reading) => saysForbidden(reading, forbidden));
  if (speaking.some(({ regions }) => regions.length === 0)) return undefined;
  return [...codes, ...speaking.flatMap(({ regions }) => regions)];
}

/** Reads the picture in all four directions, beginning with the one in which its text lies level. */
export async function readAround(
  raster: Raster,
  degrees: number,
  reader: TextReader,
  forbidden: readonly ForbiddenValue[],
): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const quarter of QUARTERS) {
    readings.push(await readFrame(await frameOf(raster, degrees + quarter), reader, forbidden));
  }
  return readings;
}

/** Says whether what was read names a value, or has a line of a zone in it. */
export function saysForbidden({ text, zone }: Reading, forbidden: readonly ForbiddenValue[]): boolean {
  if (zone !== undefined) return true;
  const sought = forbidden.filter(({ kind }) => kind !== 'BIOMETRIC');
  return text
    .split('\n')
    .some((line) => looksLikeZone(line) || sightings(line, sought, PER_ERROR).length > 0);
}
