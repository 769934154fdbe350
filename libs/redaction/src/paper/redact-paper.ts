import { PDFDict, PDFDocument, PDFName, type PDFPage } from '@cantoo/pdf-lib';
import { type Redaction, withheld } from '../redaction.js';
import { valuesInBytes } from '../values/find-values.js';
import { type ForbiddenValue } from '../values/forbidden-value.js';
import { maskedContent } from './page.js';
import { contentOf, fontsOf } from './page-parts.js';
import { paperTexts } from './paper-texts.js';

const PAGE_KEYS = new Set([
  'Type',
  'Parent',
  'MediaBox',
  'CropBox',
  'Rotate',
  'UserUnit',
  'Resources',
  'Contents',
]);
const RESOURCE_KEYS = new Set(['Font', 'ExtGState', 'ColorSpace']);
const STATE_KEYS = new Set([
  'Type',
  'LW',
  'LC',
  'LJ',
  'ML',
  'D',
  'CA',
  'ca',
  'BM',
  'AIS',
  'SA',
  'op',
  'OP',
  'OPM',
]);

const name = (text: string): PDFName => PDFName.of(text);

/**
 * Takes the forbidden values out of the text of a PDF and writes its pages, and nothing else, into a new one: no
 * description, attachment, form, note, script, bookmark nor earlier version. Withholds what has pictures or drawn
 * letters in it.
 */
export async function redactPaper(bytes: Buffer, forbidden: readonly ForbiddenValue[]): Promise<Redaction> {
  if (!bytes.toString('latin1', 0, 5).startsWith('%PDF-')) return withheld('NOT_WHAT_IT_SAYS');
  const source = await PDFDocument.load(bytes, { updateMetadata: false, throwOnInvalidObject: true }).catch(
    () => undefined,
  );
  if (source === undefined || source.isEncrypted) return withheld('UNREADABLE');
  let covered = 0;
  for (const page of source.getPages()) {
    const masked = maskPage(page, forbidden);
    if (masked === undefined) return withheld('PARTS_UNKNOWN');
    covered += masked;
  }
  const written = await pagesOnly(source);
  const left = (await paperTexts(written)).flatMap((text) => valuesInBytes(text, forbidden));
  if (left.length > 0 || valuesInBytes(written, forbidden).length > 0) return withheld('VALUE_LEFT');
  return { outcome: 'GIVEN', bytes: written, covered };
}

async function pagesOnly(source: PDFDocument): Promise<Buffer> {
  const target = await PDFDocument.create({ updateMetadata: false });
  for (const page of await target.copyPages(source, source.getPageIndices())) target.addPage(page);
  return Buffer.from(await target.save({ useObjectStreams: false, addDefaultPage: false }));
}

/** Masks a page in place and returns how many places were covered; undefined when it cannot be known. */
function maskPage({ node, doc }: PDFPage, forbidden: readonly ForbiddenValue[]): number | undefined {
  const resources = node.Resources();
  const content = contentOf(node.Contents());
  const masked = content && maskedContent(content, fontsOf(resources), forbidden);
  if (masked === undefined) return undefined;
  keepOnly(node, PAGE_KEYS);
  const kept = resources?.clone();
  if (kept !== undefined) {
    keepOnly(kept, RESOURCE_KEYS);
    for (const state of dictionariesIn(kept, 'ExtGState')) keepOnly(state, STATE_KEYS);
    node.set(name('Resources'), kept);
  }
  node.set(name('Contents'), doc.context.register(doc.context.flateStream(masked.content)));
  return masked.covered;
}

function keepOnly(dictionary: PDFDict, keys: ReadonlySet<string>): void {
  for (const key of dictionary.keys()) if (!keys.has(key.decodeText())) dictionary.delete(key);
}

function dictionariesIn(resources: PDFDict, key: string): PDFDict[] {
  const holder = resources.lookup(name(key));
  if (!(holder instanceof PDFDict)) return [];
  return holder.keys().flatMap((each) => {
    const found = holder.lookup(each);
    return found instanceof PDFDict ? [found] : [];
  });
}
