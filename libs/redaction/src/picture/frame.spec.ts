import sharp from 'sharp';
import { frameOf, levelling } from './frame.js';
import { type Raster } from './raster.js';

async function raster(svg: string): Promise<Raster> {
  const { data, info } = await sharp(Buffer.from(svg))
    .flatten({ background: '#fff' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The middle of what is dark. */
async function darkest(png: Buffer): Promise<{ x: number; y: number }> {
  const { data, info } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true });
  const dark = [...data.keys()].filter((at) => data.readUInt8(at) < 100);
  const mean = (of: (at: number) => number) => dark.reduce((sum, at) => sum + of(at), 0) / dark.length;
  return { x: mean((at) => (at % info.width) + 0.5), y: mean((at) => Math.floor(at / info.width) + 0.5) };
}

describe('a frame', () => {
  it.each([0, 7, -4.5, 90, 180, 270, 93])(
    'turned by %d degrees leads back to where things were',
    async (degrees) => {
      const dot = await raster(
        '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><circle cx="700" cy="100" r="12"/></svg>',
      );
      const frame = await frameOf(dot, degrees);
      const found = frame.back(await darkest(frame.png));
      expect(Math.hypot(found.x - 700, found.y - 100)).toBeLessThan(2);
    },
  );

  it('through red glass shows no red', async () => {
    const red = await raster(
      '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="150" height="200" fill="#f00"/></svg>',
    );
    const { channels } = await sharp((await frameOf(red, 0, 'RED')).png).stats();
    expect(channels[0]!.min).toBeGreaterThan(200);
  });

  it.each([-8, -3, 0, 5, 11])(
    'lies level again when the picture was turned by %d degrees',
    async (degrees) => {
      const rows = Array.from(
        { length: 12 },
        (_, row) => `<rect x="90" y="${60 + row * 40}" width="700" height="14"/>`,
      );
      const lines = await raster(
        `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><g transform="rotate(${degrees} 450 300)">${rows.join('')}</g></svg>`,
      );
      expect(Math.abs((await levelling(lines)) + degrees)).toBeLessThanOrEqual(0.5);
    },
  );
});
