import { imageOf, type Raster } from './raster.js';

const [SIDE, TILE] = [800, 16] as const;
type Size = { readonly width: number; readonly height: number };

const STRONG = 70;
/** Changes from dark to light and back, a row of sixteen pixels, that text does not have over a whole area. */
const DENSE = 1.6;
const [WIDE, HIGH] = [5, 4] as const;

/**
 * Says whether an area of the picture is as full of black and white as only a matrix code is, in 80 by 64 pixels
 * of 800 at least. A damaged code that no detector here can read may still be read by another.
 */
export async function hasUnreadCode(raster: Raster): Promise<boolean> {
  const { data, info } = await imageOf(raster)
    .greyscale()
    .resize(SIDE, SIDE, { fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const across = tilesOf(data, info, 1, info.width);
  const along = tilesOf(data, info, info.width, 1);
  return hasArea(across, WIDE, HIGH) || hasArea(along, HIGH, WIDE);
}

/** For each tile whether it is dense, going by so many bytes from pixel to pixel and from line to line. */
function tilesOf(data: Buffer, { width, height }: Size, step: number, line: number): boolean[][] {
  return Array.from({ length: Math.floor(height / TILE) }, (_, row) =>
    Array.from({ length: Math.floor(width / TILE) }, (_none, column) =>
      isDense(data, (row * width + column) * TILE, step, line),
    ),
  );
}

function hasArea(tiles: readonly boolean[][], wide: number, high: number): boolean {
  return tiles.some((line, row) =>
    line.some((_, column) => {
      const area = tiles.slice(row, row + high).flatMap((each) => each.slice(column, column + wide));
      return area.length === wide * high && area.every(Boolean);
    }),
  );
}

function isDense(data: Buffer, from: number, step: number, line: number): boolean {
  let changes = 0;
  for (let y = 0; y < TILE; y += 1) {
    for (let x = 2; x < TILE; x += 2) {
      const at = from + y * line + x * step;
      if (Math.abs(data.readUInt8(at) - data.readUInt8(at - 2 * step)) > STRONG) changes += 1;
    }
  }
  return changes / TILE >= DENSE;
}
