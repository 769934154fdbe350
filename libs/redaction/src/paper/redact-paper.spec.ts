import PDFDocument from 'pdfkit';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { type ForbiddenValue } from '../values/forbidden-value.js';
import { paperTexts } from './paper-texts.js';
import { redactPaper } from './redact-paper.js';

const ACCOUNT: ForbiddenValue = { kind: 'ACCOUNT_NUMBER', value: 'XX33INVENTED742894124024' };
const SECRET = ACCOUNT.value;
const INFO = { Title: `account ${SECRET}`, Author: SECRET };

async function paper(draw: (page: PDFKit.PDFDocument) => unknown, options: PDFKit.PDFDocumentOptions = {}) {
  const page = new PDFDocument({ info: INFO, compress: false, ...options });
  await draw(page);
  page.end();
  return buffer(page);
}
const textsOf = async (bytes: Buffer): Promise<string> =>
  Buffer.concat(await paperTexts(bytes)).toString('latin1');

describe('R-45: the text of a PDF', () => {
  it('is given without the account number, however it is set, and without its metadata', async () => {
    const before = await paper((page) =>
      page
        .text('Account XX33 INVE NTED 7428 9412 4024 of Mockbert')
        .text(`again ${SECRET}, from 20 November 2026`)
        .text('and with wide letters XX33INVENTED742894124024', { characterSpacing: 3 }),
    );
    const given = await redactPaper(before, [ACCOUNT]);
    if (given.outcome !== 'GIVEN') throw new Error(given.reason);
    expect(given.covered).toBeGreaterThanOrEqual(3);
    const after = await textsOf(given.bytes);
    expect(after).toContain('Mockbert');
    expect(after).toContain('20 November 2026');
    expect(after).not.toMatch(/742894124024|7428 9412|INVENTED|INVE NTED/);
    for (const key of ['Title', 'Author', 'Producer', 'CreationDate']) expect(after).not.toContain(key);
  });

  it('is given without numbers that nobody said were held, when they look like accounts', async () => {
    const before = await paper((page) =>
      page.text('to account 12345678901, card 4111 1111 1111 1111, on 2026-11-20'),
    );
    const given = await redactPaper(before, []);
    if (given.outcome !== 'GIVEN') throw new Error(given.reason);
    const after = await textsOf(given.bytes);
    expect(after).toContain('2026-11-20');
    expect(after).not.toMatch(/12345678901|1111/);
  });

  it('is given without attachments, notes, forms and links', async () => {
    const before = await paper((page) => {
      page.file(Buffer.from(SECRET), { name: `${SECRET}.txt` });
      page
        .text('Hello')
        .note(10, 10, 50, 50, `note ${SECRET}`)
        .link(0, 0, 10, 10, `https://example.com/${SECRET}`);
      page.outline.addItem(SECRET);
    });
    const given = await redactPaper(before, [ACCOUNT]);
    if (given.outcome !== 'GIVEN') throw new Error(given.reason);
    expect(await textsOf(given.bytes)).not.toMatch(/742894124024|Annot|EmbeddedFile|Outlines|URI/);
  });

  it.each<[string, string, () => Promise<Buffer>]>([
    [
      'a picture',
      'PARTS_UNKNOWN',
      async () => {
        const png = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#123' } })
          .png()
          .toBuffer();
        return paper((page) => page.text('Hello').image(png, 10, 10));
      },
    ],
    [
      'letters that may be drawn',
      'PARTS_UNKNOWN',
      () =>
        paper((page) => {
          for (let at = 0; at < 60; at += 1)
            page
              .moveTo(at, 0)
              .bezierCurveTo(at, 5, at + 3, 5, at + 3, 0)
              .stroke();
        }),
    ],
    [
      'a password',
      'UNREADABLE',
      () => paper((page) => page.text('Hello'), { userPassword: 'x', ownerPassword: 'y' }),
    ],
    [
      'half of it missing',
      'UNREADABLE',
      async () => (await paper((page) => page.text('Hello'))).subarray(0, 400),
    ],
    ['another kind of file', 'NOT_WHAT_IT_SAYS', () => Promise.resolve(Buffer.from('\x89PNG %PDF-1.3'))],
  ])('is withheld with %s: %s', async (_, reason, make) => {
    const redaction = await redactPaper(await make(), [ACCOUNT]).catch(() => ({ reason: 'UNREADABLE' }));
    expect(redaction).toMatchObject({ reason });
  });
});
