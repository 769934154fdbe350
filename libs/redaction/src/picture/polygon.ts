import { type Raster } from './raster.js';

export type Point = { readonly x: number; readonly y: number };

/** A convex region of a picture by its corners, in order. */
export type Polygon = readonly Point[];

export type Box = { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number };

/** The box made larger by so much at the sides and so much above and below. */
export const grown = ({ x0, y0, x1, y1 }: Box, across: number, along: number): Box => ({
  x0: x0 - across,
  y0: y0 - along,
  x1: x1 + across,
  y1: y1 + along,
});

/** The least box around all of these. */
export const around = (boxes: readonly Box[]): Box => ({
  x0: Math.min(...boxes.map(({ x0 }) => x0)),
  y0: Math.min(...boxes.map(({ y0 }) => y0)),
  x1: Math.max(...boxes.map(({ x1 }) => x1)),
  y1: Math.max(...boxes.map(({ y1 }) => y1)),
});

/** The corners of a box, clockwise. */
export const cornersOf = ({ x0, y0, x1, y1 }: Box): Polygon => [
  { x: x0, y: y0 },
  { x: x1, y: y0 },
  { x: x1, y: y1 },
  { x: x0, y: y1 },
];

/** The middle of the corners. */
export const middleOf = (polygon: Polygon): Point => ({
  x: polygon.reduce((sum, { x }) => sum + x, 0) / polygon.length,
  y: polygon.reduce((sum, { y }) => sum + y, 0) / polygon.length,
});

/** The polygon with each corner moved away from the middle by so many pixels and by a share of its distance. */
export function swollen(polygon: Polygon, pixels: number, share: number): Polygon {
  const { x, y } = middleOf(polygon);
  return polygon.map((point) => ({
    x: point.x + (point.x - x) * share + Math.sign(point.x - x) * pixels,
    y: point.y + (point.y - y) * share + Math.sign(point.y - y) * pixels,
  }));
}

const INK = 0x11;

/** Overwrites in the raster every pixel that the polygon touches. What was there is nowhere any more. */
export function cover({ data, width, height }: Raster, polygon: Polygon): void {
  const ys = polygon.map(({ y }) => y);
  const top = Math.max(0, Math.floor(Math.min(...ys)));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(...ys)));
  for (let y = top; y <= bottom; y += 1) {
    const [from, to] = spanOf(polygon, y);
    const [left, right] = [Math.max(0, Math.floor(from)), Math.min(width - 1, Math.ceil(to))];
    if (right >= left) data.fill(INK, (y * width + left) * 3, (y * width + right + 1) * 3);
  }
}

/** From where to where a convex polygon reaches between the row's upper and lower edge. */
function spanOf(polygon: Polygon, row: number): [number, number] {
  const xs = polygon.flatMap((a, at) => {
    const b = polygon[(at + 1) % polygon.length] ?? a;
    return [row - 1, row, row + 1].flatMap((y) => crossing(a, b, y));
  });
  return [Math.min(...xs), Math.max(...xs)];
}

function crossing(a: Point, b: Point, y: number): number[] {
  if (y < Math.min(a.y, b.y) || y > Math.max(a.y, b.y)) return [];
  return a.y === b.y ? [a.x, b.x] : [a.x + ((b.x - a.x) * (y - a.y)) / (b.y - a.y)];
}

/** Says whether the point is within the convex polygon. */
export function contains(polygon: Polygon, { x, y }: Point): boolean {
  const sides = polygon.map((a, at) => {
    const b = polygon[(at + 1) % polygon.length] ?? a;
    return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
  });
  return sides.every((side) => side >= 0) || sides.every((side) => side <= 0);
}
