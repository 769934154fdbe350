import {
  decodePDFRawStream,
  PDFDocument,
  PDFHexString,
  PDFName,
  PDFRawStream,
  PDFString,
} from '@cantoo/pdf-lib';
import { textShown } from './page.js';
import { contentOf, fontsOf } from './page-parts.js';

const IMAGE = /^\/(DCTDecode|JPXDecode|CCITTFaxDecode|JBIG2Decode)$/;

/**
 * Everything that a PDF says: the text its pages show, its strings, and its streams without their compression.
 * Throws when it cannot be taken apart or has a part of which one cannot know what it shows.
 */
export async function paperTexts(bytes: Buffer): Promise<Buffer[]> {
  const paper = await PDFDocument.load(bytes, { updateMetadata: false, throwOnInvalidObject: true });
  const shown = paper.getPages().map(({ node }) => {
    const content = contentOf(node.Contents());
    const text = content && textShown(content, fontsOf(node.Resources()));
    if (text === undefined) throw new Error('a page shows what cannot be known');
    return Buffer.from(text);
  });
  const rest = paper.context.enumerateIndirectObjects().map(([, object]) => {
    if (object instanceof PDFString || object instanceof PDFHexString)
      return Buffer.from(object.decodeText());
    if (object instanceof PDFRawStream) return plain(object);
    return Buffer.from(object.toString());
  });
  return [...shown, ...rest];
}

function plain(stream: PDFRawStream): Buffer {
  const filter = stream.dict.lookup(PDFName.of('Filter'))?.toString() ?? '';
  if (IMAGE.test(filter)) throw new Error('a picture in a paper is not looked at');
  return Buffer.from(decodePDFRawStream(stream).decode());
}
