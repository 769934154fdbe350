import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule, readBarcodes, type ReadResult } from 'zxing-wasm/reader';
import { levelling, turned } from './frame.js';
import { type Polygon, swollen } from './polygon.js';
import { imageOf, type Raster } from './raster.js';

/** A barcode that was found: where, what it says, and whether its own error correction is content with that. */
export type Barcode = {
  readonly format: string;
  readonly text: string;
  readonly sound: boolean;
  /** Whether it has an area; a linear code is found as the lines that were scanned. */
  readonly isMatrix: boolean;
  readonly polygon: Polygon;
};

const THOROUGHLY = { tryHarder: true, tryRotate: true, tryInvert: true, tryDownscale: true } as const;
const MOST = 64;
const MATRIX = /PDF417|QR|Aztec|DataMatrix|MaxiCode/i;
const QUIET_SHARE = 0.04;
const QUIET_PX = 6;
/** How far the corners of a matrix code may be off, seen from its middle: a detector reads on when rows are missing. */
const UNSURE_SHARE = 0.25;
/** How far beyond the scanned lines the bars of a linear code may reach, as a share of its length. */
const BARS_SHARE = 0.35;

/** Loads the detector from the installed package; its own way is to fetch it from the web. */
export async function loadBarcodes(): Promise<void> {
  const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const wasmBinary = new Uint8Array(readFileSync(file)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}

/** What ornaments are taken for, and what is no code unless it can be read. */
const GUESSED = /DataMatrix|MaxiCode/i;

const isCode = ({ isMatrix, sound, format }: Barcode): boolean =>
  sound || (isMatrix && !GUESSED.test(format));

/**
 * Every barcode of any kind that the detector finds, also those it cannot read. A picture that lies askew is also
 * looked at level: rows of a PDF417 are read along lines.
 */
export async function barcodesIn(raster: Raster): Promise<Barcode[]> {
  const direct = await detected(raster);
  const degrees = await levelling(raster);
  if (degrees === 0) return direct;
  const { raster: level, back } = await turned(raster, degrees);
  const levelled = (await detected(level)).map((code) => ({ ...code, polygon: code.polygon.map(back) }));
  return [...direct, ...levelled];
}

async function detected(raster: Raster): Promise<Barcode[]> {
  const { data, info } = await imageOf(raster).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const found = await readBarcodes(
    { data: new Uint8ClampedArray(data), width: info.width, height: info.height, colorSpace: 'srgb' },
    { ...THOROUGHLY, returnErrors: true, maxNumberOfSymbols: MOST, textMode: 'Plain' },
  );
  return found.map(barcodeOf).filter(isCode);
}

function barcodeOf({ format, text, isValid, position }: ReadResult): Barcode {
  const isMatrix = MATRIX.test(format);
  const corners = [position.topLeft, position.topRight, position.bottomRight, position.bottomLeft];
  return {
    format,
    text,
    sound: isValid,
    isMatrix,
    polygon: isMatrix ? swollen(corners, QUIET_PX, UNSURE_SHARE) : alongBars(corners),
  };
}

/** The lines that were scanned, widened along the bars they cross. */
function alongBars(corners: Polygon): Polygon {
  const [a, b, c, d] = corners;
  if (a === undefined || b === undefined || c === undefined || d === undefined) return corners;
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length];
  const [along, across] = [length * BARS_SHARE, length * QUIET_SHARE + QUIET_PX];
  const moved = (x: number, y: number, sideways: number, downwards: number) => ({
    x: x + ux * sideways - uy * downwards,
    y: y + uy * sideways + ux * downwards,
  });
  return [
    moved(a.x, a.y, -across, -along),
    moved(b.x, b.y, across, -along),
    moved(c.x, c.y, across, along),
    moved(d.x, d.y, -across, along),
  ];
}
