import { type PackedFile } from '@personr/redaction';
import { type ForbiddenValues, forbidden as found } from './forbidden.js';
import { type Redactor } from './redactor.js';

/** So much text is searched at once, and so much of it again with what follows. */
const WINDOW_CHARACTERS = 256 * 1024;
const AGAIN_CHARACTERS = 16 * 1024;

/** Lets the files of a package through, and says at the end whether it may be released. */
export type Gate = {
  /** The bytes of a file that is made of these texts. */
  texts(path: string, texts: Texts): AsyncIterable<Uint8Array>;
  /** The bytes of a document. */
  document(file: Omit<PackedFile, 'bytes'>, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Resolves when all that went through may be released. */
  end(): Promise<void>;
};

export type Texts = AsyncIterable<string> | Iterable<string>;

/** For the Business, whose own record it is: all goes through. */
export const OPEN_GATE: Gate = {
  texts: (_, texts) => encoded(texts),
  document: (_, bytes) => bytes,
  end: () => Promise.resolve(),
};

/**
 * The last look at what goes to a consumer: every byte of every file, as it goes into the package. Each is searched
 * twice, here for usual spellings as it passes, and by the redactor, which takes names, metadata, barcodes and pictures
 * apart: documents whole, texts by the window. Throws `FORBIDDEN_VALUE_IN_EXPORT` for a value that is found and for a
 * file that cannot be searched, and never says which value.
 */
export class ConsumerGate implements Gate {
  private waiting = '';

  constructor(
    private readonly forbidden: ForbiddenValues,
    private readonly redactor: Redactor,
  ) {}

  async *texts(path: string, texts: Texts): AsyncIterable<Uint8Array> {
    const watch = this.forbidden.watch();
    this.waiting += `\n${path}\n`;
    for await (const text of texts) {
      const said = this.forbidden.withoutHashes(text);
      watch(said);
      this.waiting += said;
      if (this.waiting.length >= WINDOW_CHARACTERS) await this.searchTexts();
      yield Buffer.from(text);
    }
  }

  async *document(
    file: Omit<PackedFile, 'bytes'>,
    bytes: AsyncIterable<Uint8Array>,
  ): AsyncIterable<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.forbidden.keptOut(bytes)) {
      // What hands out pieces may overwrite them.
      pieces.push(Buffer.from(piece));
      yield piece;
    }
    await this.search({ ...file, bytes: Buffer.concat(pieces) });
  }

  async end(): Promise<void> {
    await this.searchTexts();
  }

  private async searchTexts(): Promise<void> {
    const bytes = Buffer.from(this.waiting);
    this.waiting = this.waiting.slice(-AGAIN_CHARACTERS);
    if (!this.forbidden.isEmpty) await this.search({ name: 'texts', mediaType: 'text/plain', bytes });
  }

  private async search(file: PackedFile): Promise<void> {
    const findings = await this.redactor.search(file, this.forbidden.known);
    if (findings.length > 0) throw found();
  }
}

async function* encoded(texts: Texts): AsyncIterable<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text);
}
