import {
  decodePDFRawStream,
  PDFArray,
  PDFDict,
  PDFName,
  type PDFObject,
  PDFRawStream,
} from '@cantoo/pdf-lib';
import { fontOf } from './font.js';
import { type Fonts } from './glyphs.js';

/** The content of a page, its parts joined. Undefined when it is coded in a way that is none of text. */
export function contentOf(contents: PDFObject | undefined): Buffer | undefined {
  if (contents === undefined) return Buffer.alloc(0);
  const streams =
    contents instanceof PDFArray ? contents.asArray().map((_, at) => contents.lookup(at)) : [contents];
  const parts = streams.map((stream) =>
    stream instanceof PDFRawStream ? Buffer.from(decodePDFRawStream(stream).decode()) : undefined,
  );
  if (parts.some((part) => part === undefined)) return undefined;
  return Buffer.concat(parts.flatMap((part) => (part === undefined ? [] : [part, Buffer.from('\n')])));
}

/** The fonts of a page by their names in it. */
export function fontsOf(resources: PDFDict | undefined): Fonts {
  const fonts = resources?.lookup(PDFName.of('Font'));
  if (!(fonts instanceof PDFDict)) return new Map();
  return new Map(
    fonts.keys().map((key) => {
      const font = fonts.lookup(key);
      return [key.toString(), font instanceof PDFDict ? fontOf(font) : undefined];
    }),
  );
}
