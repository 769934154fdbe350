import { imageOf, type Raster } from './raster.js';

const [SIDE, TILE] = [800, 16] as const;
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
  const [columns, rows] = [Math.floor(info.width / TILE), Math.floor(info.height / TILE)];
  const dense = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_none, column) => isDense(data, info.width, column * TILE, row * TILE)),
  );
  for (let row = 0; row + HIGH <= rows; row += 1) {
    for (let column = 0; column + WIDE <= columns; column += 1) {
      const area = dense.slice(row, row + HIGH).map((line) => line.slice(column, column + WIDE));
      if (area.every((line) => line.every(Boolean))) return true;
    }
  }
  return false;
}

function isDense(data: Buffer, width: number, left: number, top: number): boolean {
  let changes = 0;
  for (let y = top; y < top + TILE; y += 1) {
    for (let x = left + 2; x < left + TILE; x += 2) {
      const step = data.readUInt8(y * width + x) - data.readUInt8(y * width + x - 2);
      if (Math.abs(step) > STRONG) changes += 1;
    }
  }
  return changes / TILE >= DENSE;
}
