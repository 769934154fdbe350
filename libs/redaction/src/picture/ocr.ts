import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createWorker, OEM, PSM, type Worker } from 'tesseract.js';
import { type Box } from './polygon.js';

/** A word that was read in a frame. `confidence` is the reader's own, 0 to 100. */
export type Word = { readonly text: string; readonly confidence: number; readonly box: Box };
export type Line = { readonly words: readonly Word[]; readonly box: Box };

/** Reads text in pictures. One at a time. */
export interface TextReader {
  /** Every line that is found, wherever it is. */
  scattered(png: Buffer): Promise<Line[]>;
  /** A block of capitals, digits and fillers, line by line. */
  zone(png: Buffer): Promise<Line[]>;
}

const ZONE_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<';
/** Words of a dictionary are guessed where numbers stand, so none is used. */
const WITHOUT_WORDS = { load_system_dawg: '0', load_freq_dawg: '0' };

/** Starts the reader with the language data of the installed package; nothing is fetched and nothing is written. */
export async function loadReader(): Promise<TextReader> {
  const data = createRequire(import.meta.url).resolve('@tesseract.js-data/eng/package.json');
  const worker = await createWorker(
    'eng',
    OEM.LSTM_ONLY,
    { langPath: join(dirname(data), '4.0.0_best_int'), cacheMethod: 'none', gzip: true },
    WITHOUT_WORDS,
  );
  await worker.setParameters({ user_defined_dpi: '300' });
  return {
    scattered: (png) =>
      read(worker, png, { tessedit_pageseg_mode: PSM.SPARSE_TEXT, tessedit_char_whitelist: '' }),
    zone: (png) =>
      read(worker, png, { tessedit_pageseg_mode: PSM.SINGLE_BLOCK, tessedit_char_whitelist: ZONE_ALPHABET }),
  };
}

type Manner = { readonly tessedit_pageseg_mode: PSM; readonly tessedit_char_whitelist: string };

async function read(worker: Worker, png: Buffer, manner: Manner): Promise<Line[]> {
  await worker.setParameters(manner);
  const { data } = await worker.recognize(png, {}, { text: false, blocks: true });
  const lines =
    data.blocks?.flatMap(({ paragraphs }) => paragraphs.flatMap((paragraph) => paragraph.lines)) ?? [];
  return lines.map(({ words, bbox }) => ({
    words: words.map(({ text, confidence, bbox: box }) => ({ text, confidence, box })),
    box: bbox,
  }));
}
