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
  const [width, height] = [Math.round(raster.width * scale), Math.round(raster.height * scale)];
  const shaded = ink === 'RED' ? imageOf(raster).extractChannel('red') : imageOf(raster).greyscale();
  const flat = await shaded.resize(width, height, { fit: 'fill' }).png({ compressionLevel: 0 }).toBuffer();
  const turned = await sharp(flat)
    .rotate(degrees, { background: '#ffffff' })
    .png({ compressionLevel: 1 })
    .toBuffer({ resolveWithObject: true });
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const { width: turnedWidth, height: turnedHeight } = turned.info;
  return {
    png: turned.data,
    back({ x, y }) {
      const [dx, dy] = [x - turnedWidth / 2, y - turnedHeight / 2];
      return {
        x: (cos * dx + sin * dy + width / 2) / scale,
        y: (-sin * dx + cos * dy + height / 2) / scale,
      };
    },
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
