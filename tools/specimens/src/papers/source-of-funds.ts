import PDFDocument from 'pdfkit';
import { buffer } from 'node:stream/consumers';
import { fontFile } from '../drawing/lettering.js';
import { type Person } from '../people/person.js';
import { openStream } from '../people/stream.js';
import { type Specimen } from '../specimen.js';

type Page = PDFKit.PDFDocument;

const MADE_AT = new Date(Date.UTC(2026, 10, 20, 10));
const [REGULAR, SEMIBOLD] = [400, 600] as const;
const [INK, FAINT, BLUE, RED] = ['#1d2733', '#5a6672', '#274b7f', '#c2273a'];
const [LEFT, RIGHT] = [64, 531];
const MONTHS = ['May', 'June', 'July', 'August', 'September', 'October'] as const;
const LAST_DAYS = [29, 30, 31, 31, 30, 30] as const;

/** A bank's statement of where the person's money comes from: one page of PDF with embedded metadata. */
export async function sourceOfFundsOf(person: Person): Promise<Specimen> {
  const info = {
    Title: `Source of funds of ${person.fullName}`,
    Author: `${person.fullName}'s adviser at the Bank of Nowhere`,
    Subject: `Specimen: account ${person.bankAccountNumber}`,
    Keywords: 'specimen, invented, source of funds',
    Creator: 'Invented Banking Suite 1.0',
    Producer: 'Invented Banking Suite 1.0',
  };
  const page = new PDFDocument({
    size: 'A4',
    margin: 0,
    compress: false,
    info: { ...info, CreationDate: MADE_AT, ModDate: MADE_AT },
  });
  draw(page, person);
  page.end();
  return {
    name: 'source-of-funds.pdf',
    element: 'SOURCE_OF_FUNDS',
    contentType: 'application/pdf',
    bytes: await buffer(page),
    facts: { accountNumber: person.bankAccountNumber, metadata: Object.values(info) },
  };
}

function draw(page: Page, person: Person): void {
  for (const weight of [REGULAR, SEMIBOLD]) page.registerFont(String(weight), fontFile(weight));
  heading(page);
  const facts = [
    ['Account holder', person.fullName],
    ['Date of birth', person.dateOfBirth],
    ['Address', person.address],
    ['Account', inFours(person.bankAccountNumber)],
    ['Occupation', `${person.occupation}, ${person.employer}`],
    ['Statement of', '20 November 2026'],
  ] as const;
  facts.forEach(([caption, value], row) => {
    const y = 182 + row * 24;
    write(page, caption, { x: LEFT, y: y + 1, size: 10, colour: FAINT });
    write(page, value, { x: LEFT + 116, y, size: 11.5, weight: SEMIBOLD });
  });
  const total = wages(page, person);
  write(
    page,
    `We confirm that in the six months above ${dollars(total)} reached this account, all of it wages paid by`,
    { x: LEFT, y: 584, size: 11 },
  );
  write(page, `${person.employer}. Nothing of this is true: person, employer, bank and money are invented.`, {
    x: LEFT,
    y: 600,
    size: 11,
  });
  write(page, 'Invented Officer', { x: LEFT, y: 664, size: 11, weight: SEMIBOLD });
  write(page, 'Compliance, Bank of Nowhere', { x: LEFT, y: 680, size: 10, colour: FAINT });
  watermark(page);
}

function heading(page: Page): void {
  page.rect(0, 0, 595.28, 104).fill(BLUE);
  write(page, 'BANK OF NOWHERE', { x: LEFT, y: 34, size: 26, weight: SEMIBOLD, colour: '#ffffff' });
  write(page, 'An invented bank in XX, a country code of nobody', {
    x: LEFT,
    y: 66,
    size: 11,
    colour: '#dfe9f7',
  });
  write(page, 'Source of funds', { x: LEFT, y: 136, size: 20, weight: SEMIBOLD, colour: BLUE });
}

/** Draws the table of wages and gives their sum, in cents. */
function wages(page: Page, { seed, index, employer }: Person): number {
  const stream = openStream(`${seed}/${index}/wages`);
  const monthly = 310_000 + stream.below(400_000);
  let y = 362;
  row(page, y, ['Date', 'Paid by', 'Amount'], FAINT);
  let total = 0;
  MONTHS.forEach((month, position) => {
    const cents = monthly + stream.below(9_000);
    total += cents;
    y += 26;
    row(page, y, [`${LAST_DAYS[position] ?? 28} ${month} 2026`, employer, dollars(cents)], INK);
  });
  y += 30;
  row(page, y, ['Total', '', dollars(total)], BLUE);
  return total;
}

function row(
  page: Page,
  y: number,
  [date, from, amount]: readonly [string, string, string],
  colour: string,
): void {
  const isTotal = colour === BLUE;
  const weight = isTotal ? SEMIBOLD : REGULAR;
  write(page, date, { x: LEFT, y, size: 11, weight, colour });
  write(page, from, { x: LEFT + 150, y, size: 11, weight, colour });
  page.font(String(weight)).fontSize(11);
  write(page, amount, { x: RIGHT - page.widthOfString(amount), y, size: 11, weight, colour });
  page
    .moveTo(LEFT, y + 18)
    .lineTo(RIGHT, y + 18)
    .lineWidth(isTotal ? 1.2 : 0.5)
    .stroke(isTotal ? BLUE : '#c5ced6');
}

function watermark(page: Page): void {
  page
    .save()
    .rotate(-38, { origin: [297, 421] })
    .fillOpacity(0.16);
  page.font(String(SEMIBOLD)).fontSize(104);
  const width = page.widthOfString('SPECIMEN');
  write(page, 'SPECIMEN', { x: 297 - width / 2, y: 360, size: 104, weight: SEMIBOLD, colour: RED });
  page.restore();
}

type Setting = {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly weight?: 400 | 600;
  readonly colour?: string;
};

function write(page: Page, text: string, { x, y, size, weight = REGULAR, colour = INK }: Setting): void {
  if (text === '') return;
  page.font(String(weight)).fontSize(size).fillColor(colour).text(text, x, y, { lineBreak: false });
}

const inFours = (account: string): string => account.replace(/(.{4})(?=.)/g, '$1 ');

/** Cents as dollars, without asking the machine's locale. */
function dollars(cents: number): string {
  const whole = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
  return `$${whole}.${String(cents % 100).padStart(2, '0')}`;
}
