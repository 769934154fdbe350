import { contains, cornersOf, cover, type Polygon, swollen } from './polygon.js';
import { type Raster } from './raster.js';

const WHITE = 255;
const white = (width: number, height: number): Raster => ({
  data: Buffer.alloc(width * height * 3, WHITE),
  width,
  height,
});
const isCovered = ({ data, width }: Raster, x: number, y: number): boolean => {
  const at = (y * width + x) * 3;
  return data.subarray(at, at + 3).every((channel) => channel === 0x11);
};

describe('R-45: what is covered', () => {
  it('is overwritten in the pixels, and no other pixel is', () => {
    const raster = white(20, 10);
    cover(raster, cornersOf({ x0: 5, y0: 2, x1: 9, y1: 4 }));
    for (let y = 0; y < 10; y += 1) {
      for (let x = 0; x < 20; x += 1) {
        expect([x, y, isCovered(raster, x, y)]).toEqual([x, y, x >= 5 && x <= 9 && y >= 2 && y <= 4]);
      }
    }
  });

  it('may lie askew, and is covered to its edges', () => {
    const raster = white(40, 40);
    const askew: Polygon = [
      { x: 20, y: 3 },
      { x: 37, y: 20 },
      { x: 20, y: 37 },
      { x: 3, y: 20 },
    ];
    cover(raster, askew);
    for (let y = 0; y < 40; y += 1) {
      for (let x = 0; x < 40; x += 1) {
        const inside = contains(askew, { x, y });
        if (inside) expect([x, y, isCovered(raster, x, y)]).toEqual([x, y, true]);
        if (Math.abs(x - 20) + Math.abs(y - 20) > 21)
          expect([x, y, isCovered(raster, x, y)]).toEqual([x, y, false]);
      }
    }
  });

  it('may reach beyond the picture', () => {
    const raster = white(8, 8);
    cover(raster, cornersOf({ x0: -5, y0: -5, x1: 50, y1: 50 }));
    expect(new Set(raster.data)).toEqual(new Set([0x11]));
    expect(() => {
      cover(raster, cornersOf({ x0: -9, y0: 20, x1: -5, y1: 30 }));
    }).not.toThrow();
  });

  it('grows away from its middle', () => {
    expect(swollen(cornersOf({ x0: 10, y0: 10, x1: 20, y1: 20 }), 2, 0.2)).toEqual(
      cornersOf({ x0: 7, y0: 7, x1: 23, y1: 23 }),
    );
  });
});
