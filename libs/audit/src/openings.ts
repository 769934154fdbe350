import { entryBundlePath } from '@personr/proof';
import { type Opening, readOpening, spellOpening } from './batch.js';

/** Where the openings of a bundle's entries lie: as the bundle does, below `opening` in place of `tile/entries`. */
export const openingsPath = (index: number, width: number): string =>
  entryBundlePath(index, width).replace(/^tile\/entries/, 'opening');

type Line = { position: number; salt: string; body: string };

/** Writes openings by the places of their entries: a line of JSON each. */
export const encodeOpenings = (openings: readonly (readonly [number, Opening])[]): Uint8Array =>
  Buffer.from(
    openings
      .map(([position, opening]) => `${JSON.stringify({ position, ...spellOpening(opening) })}\n`)
      .join(''),
  );

/** Reads openings back, with the places of their entries. */
export const decodeOpenings = (bytes: Uint8Array): [number, Opening][] =>
  Buffer.from(bytes)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
    .map(({ position, ...opening }) => [position, readOpening(opening)]);

/** An opening as it waits in the outbox: JSON. */
export const encodeOpening = (opening: Opening): Buffer => Buffer.from(JSON.stringify(spellOpening(opening)));

/** Reads `encodeOpening` back. */
export const decodeOpening = (bytes: Uint8Array): Opening =>
  readOpening(JSON.parse(Buffer.from(bytes).toString()) as ReturnType<typeof spellOpening>);
