import { type ElementCode } from '@personr/law';
import { drawModules, qrCode } from '../drawing/barcode.js';
import { lettering } from '../drawing/lettering.js';
import { rasterise, toPng } from '../drawing/raster.js';
import { picture, rectangle } from '../drawing/svg.js';
import { certificatesOf } from '../people/health-certificates.js';
import { type Person } from '../people/person.js';
import { type Specimen } from '../specimen.js';
import { healthCode } from './health-code.js';

const ELEMENTS = {
  vaccination: 'VACCINATION_CERTIFICATE',
  test: 'TEST_CERTIFICATE',
  recovery: 'RECOVERY_CERTIFICATE',
} as const satisfies Record<string, ElementCode>;
const MODULE = 6;
const MARGIN = 60;

/** The person's vaccination, test and recovery certificates as JSON, and the first of them as a printed QR code. */
export async function healthPapersOf(person: Person): Promise<Specimen[]> {
  const certificates = certificatesOf(person);
  const codes = {
    vaccination: healthCode(certificates.vaccination),
    test: healthCode(certificates.test),
    recovery: healthCode(certificates.recovery),
  };
  const papers = (['vaccination', 'test', 'recovery'] as const).map((kind): Specimen => {
    const text = codes[kind];
    const document = { specimen: 'invented: no state issued it', certificate: certificates[kind], qr: text };
    return {
      name: `${kind}.json`,
      element: ELEMENTS[kind],
      contentType: 'application/json',
      bytes: Buffer.from(`${JSON.stringify(document, null, 2)}\n`),
      facts: { barcode: { format: 'QRCode', text } },
    };
  });
  return [...papers, await printedCode(codes.vaccination)];
}

async function printedCode(text: string): Promise<Specimen> {
  const symbol = qrCode(text);
  const side = symbol.columns * MODULE;
  const [width, height] = [side + 2 * MARGIN, side + 2 * MARGIN + 80];
  const drawing = picture(
    width,
    height,
    rectangle({ x: 0, y: 0, width, height }, { fill: '#ffffff' }),
    lettering('VACCINATION', { x: MARGIN, y: 80, size: 42, weight: 700, fill: '#274b7f', tracking: 2 }),
    lettering('SPECIMEN · invented issuer XX', { x: MARGIN, y: 112, size: 22, weight: 600, fill: '#c2273a' }),
    drawModules(symbol, { x: MARGIN, y: MARGIN + 80, module: MODULE }),
  );
  return {
    name: 'vaccination-qr.png',
    element: 'VACCINATION_CERTIFICATE',
    contentType: 'image/png',
    bytes: await toPng(await rasterise(drawing)),
    facts: { barcode: { format: 'QRCode', text }, widthPx: width, heightPx: height },
  };
}
