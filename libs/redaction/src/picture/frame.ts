import sharp from 'sharp';
import { type Point } from './polygon.js';
import { imageOf, type Raster } from './raster.js';

/** A picture turned and scaled so that a reader of text can read it, and the way back to where things were. */
export type Frame = {
  readonly png: Buffer;
  /** The place in the raster that a place in the frame comes from. */
  back(point: Point): Point;
};

export type Ink = 'GREY' | 'RED';

/** The longer side that text is read at: letters of a document are then 20 to 40 pixels high. */
const [SHORTEST_SIDE, LONGEST_SIDE] = [1400, 1800] as const;

/** Turns the raster clockwise by so many degrees. `RED` shows it through a red glass, that lets red print vanish. */
export async function frameOf(raster: Raster, degrees: number, ink: Ink = 'GREY'): Promise<Frame> {
  const longer = Math.max(raster.width, raster.height);
  const scale = Math.min(Math.max(longer, SHORTEST_SIDE), LONGEST_SIDE) / longer;
  const size = { width: Math.round(raster.width * scale), height: Math.round(raster.height * scale) };
  const shaded = ink === 'RED' ? imageOf(raster).extractChannel('red') : imageOf(raster).greyscale();
  const flat = await shaded
    .resize({ ...size, fit: 'fill' })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const { data, info } = await sharp(flat)
    .rotate(degrees, { background: '#ffffff' })
    .png({ compressionLevel: 1 })
    .toBuffer({ resolveWithObject: true });
  const unturned = wayBack(size, info, degrees);
  return {
    png: data,
    back(point) {
      const { x, y } = unturned(point);
      return { x: x / scale, y: y / scale };
    },
  };
}

/** The raster turned clockwise, and the way back. */
export async function turned(
  raster: Raster,
  degrees: number,
): Promise<{ readonly raster: Raster; readonly back: (point: Point) => Point }> {
  const { data, info } = await imageOf(raster)
    .rotate(degrees, { background: '#ffffff' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return {
    raster: { data, width: info.width, height: info.height },
    back: wayBack(raster, info, degrees),
  };
}

type Size = { readonly width: number; readonly height: number };

/** Where a place of the turned picture was before. */
function wayBack(before: Size, after: Size, degrees: number): (point: Point) => Point {
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  return ({ x, y }) => {
    const [dx, dy] = [x - after.width / 2, y - after.height / 2];
    return { x: cos * dx + sin * dy + before.width / 2, y: -sin * dx + cos * dy + before.height / 2 };
  };
}

const [STEEPEST, STEP, PROFILE_SIDE] = [12, 0.5, 480] as const;

/** The clockwise turn, of at most 12 degrees, after which the lines of the picture lie most nearly level. */
export async function levelling(raster: Raster): Promise<number> {
  const { data, info } = await imageOf(raster)
    .greyscale()
    .resize(PROFILE_SIDE, PROFILE_SIDE, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const edges = edgesOf(data, info.width, info.height);
  let [best, bestScore] = [0, sharpness(edges, info.height, 0) * 1.02];
  for (let degrees = -STEEPEST; degrees <= STEEPEST; degrees += STEP) {
    const score = sharpness(edges, info.height, degrees);
    if (score > bestScore) [best, bestScore] = [degrees, score];
  }
  return best;
}

type Edge = { readonly x: number; readonly y: number; readonly weight: number };
const FAINT = 24;

/** Where brightness changes from one pixel to the one below. */
function edgesOf(data: Buffer, width: number, height: number): Edge[] {
  const edges: Edge[] = [];
  for (let y = 1; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const weight = Math.abs(data.readUInt8(y * width + x) - data.readUInt8((y - 1) * width + x));
      if (weight > FAINT) edges.push({ x, y, weight });
    }
  }
  return edges;
}

/** How unequal the rows are once turned: text that lies level has full rows and empty ones. */
function sharpness(edges: readonly Edge[], height: number, degrees: number): number {
  const slope = Math.tan((degrees * Math.PI) / 180);
  const rows = new Float64Array(height * 2);
  for (const { x, y, weight } of edges) {
    const row = Math.round(y + x * slope + height / 2);
    if (row >= 0 && row < rows.length) rows[row] = (rows[row] ?? 0) + weight;
  }
  return rows.reduce((sum, row) => sum + row * row, 0);
}
