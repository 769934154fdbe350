import { decodePDFRawStream, PDFDict, PDFName, PDFRawStream } from '@cantoo/pdf-lib';

/** How the codes that a font is shown with are read as text. */
export type PaperFont = {
  /** How many bytes a code has. */
  readonly width: 1 | 2;
  readonly textOf: (code: number) => string | undefined;
  /** A code that shows something neutral in place of what is taken away, if the font has one. */
  readonly mask: number | undefined;
};

const NEUTRAL = ['X', 'x', '*', '\u2022', '-', '\u2013', '.', ' '] as const;

const name = (text: string): PDFName => PDFName.of(text);

/** Reads a font's own table of its characters. Undefined for a font of which one cannot know what it shows. */
export function fontOf(font: PDFDict): PaperFont | undefined {
  const subtype = font.lookup(name('Subtype'))?.toString();
  if (subtype === '/Type3') return undefined;
  const width = subtype === '/Type0' ? 2 : 1;
  const stream = font.lookup(name('ToUnicode'));
  if (stream instanceof PDFRawStream) {
    const map = mapOf(Buffer.from(decodePDFRawStream(stream).decode()).toString('latin1'));
    const mask = NEUTRAL.map((text) => [...map].find(([, shown]) => shown === text)?.[0]).find(
      (code) => code !== undefined,
    );
    return { width, mask, textOf: (code) => map.get(code) };
  }
  const isPlain = width === 1 && !(font.lookup(name('Encoding')) instanceof PDFDict) && !isEmbedded(font);
  if (!isPlain) return undefined;
  return { width, mask: 'X'.charCodeAt(0), textOf: (code) => String.fromCharCode(code) };
}

/** A font that is embedded without a table of its characters may show anything for any code. */
function isEmbedded(font: PDFDict): boolean {
  const descriptor = font.lookup(name('FontDescriptor'));
  return (
    descriptor instanceof PDFDict &&
    ['FontFile', 'FontFile2', 'FontFile3'].some((file) => descriptor.has(name(file)))
  );
}

const CHARS = /beginbfchar([^]*?)endbfchar/g;
const RANGES = /beginbfrange([^]*?)endbfrange/g;
const MOST_IN_RANGE = 65_536;

const utf16 = (hex: string): string =>
  Buffer.from(hex.length % 4 === 0 ? hex : hex.padStart(4, '0'), 'hex')
    .swap16()
    .toString('utf16le');

/** The table of a ToUnicode stream: ISO 32000-1, section 9.10.3. */
function mapOf(cmap: string): Map<number, string> {
  const map = new Map<number, string>();
  for (const [, body = ''] of cmap.matchAll(CHARS)) {
    for (const [, code = '', text = ''] of body.matchAll(/<([0-9a-f]+)>\s*<([0-9a-f]*)>/gi)) {
      map.set(parseInt(code, 16), utf16(text));
    }
  }
  for (const [, body = ''] of cmap.matchAll(RANGES)) addRanges(map, body);
  return map;
}

const RANGE = /<([0-9a-f]+)>\s*<([0-9a-f]+)>\s*(?:<([0-9a-f]+)>|\[([^\]]*)\])/gi;

function addRanges(map: Map<number, string>, body: string): void {
  for (const [, first = '', last = '', start = '', list = ''] of body.matchAll(RANGE)) {
    const [from, to] = [parseInt(first, 16), parseInt(last, 16)];
    const each = [...list.matchAll(/<([0-9a-f]+)>/gi)].map(([, hex = '']) => utf16(hex));
    for (let code = from; code <= Math.min(to, from + MOST_IN_RANGE); code += 1) {
      map.set(code, each[code - from] ?? after(start, code - from));
    }
  }
}

function after(hex: string, steps: number): string {
  const text = utf16(hex);
  if (text === '') return text;
  const last = text.charCodeAt(text.length - 1);
  return text.slice(0, -1) + String.fromCharCode(last + steps);
}
