import { DomainError } from '@personr/kernel';
import { Child } from './child/child.js';
import { type Document, type Finding, type PackedFile, type Redaction, withheld } from './redaction.js';
import { type ForbiddenValue } from './values/forbidden-value.js';

/** How much one file may take. */
export type RedactorOptions = {
  /** The largest file that is examined, in bytes. Larger ones are withheld. */
  readonly mostBytes: number;
  /** How long one file may take, by the clock on the wall. */
  readonly mostSeconds: number;
  /** How much memory the child may hold, all in all. It takes 300 MiB by itself. */
  readonly mostMiB: number;
  /** After how many files a child ends, so that nothing it may have kept lasts. */
  readonly filesPerChild: number;
  /** The built program of the child, where this module is not the built one. */
  readonly childFile?: string;
};

/** Bounds that fit documents as telephones and scanners make them. */
export const USUAL_BOUNDS: RedactorOptions = {
  mostBytes: 64 * 2 ** 20,
  mostSeconds: 120,
  mostMiB: 1536,
  filesPerChild: 50,
};

/**
 * Says what of a document its consumer may be given, and searches finished files. Everything is decoded in one
 * child process, one file after the other; a child that takes too much is killed and the next file has a new one.
 */
export class Redactor {
  #child: Child | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: RedactorOptions = USUAL_BOUNDS) {}

  /** The largest file that is examined, in bytes. */
  get mostBytes(): number {
    return this.options.mostBytes;
  }

  /**
   * Masks the document or withholds it; when in doubt it is withheld. A stream is read once its turn has come, so one
   * document at a time is in memory. Throws `SERVICE_UNAVAILABLE` only when no child can be started, and what the stream
   * ends in, never for what the document is.
   */
  redact(document: Document, content: Buffer | AsyncIterable<Uint8Array>): Promise<Redaction> {
    return this.#inTurn(async () => {
      const bytes = await this.#whole(content);
      if (bytes === undefined) return withheld('TOO_LARGE');
      const answer = await (await this.#ready()).ask({ act: 'REDACT', document, bytes });
      return answer?.said === 'REDACTED' ? received(answer.redaction) : withheld('TOO_MUCH_WORK');
    });
  }

  /**
   * Searches one finished file, its name, metadata, barcodes and what it shows, for the values. Empty: none is in
   * it. A file that could not be searched is a finding too.
   */
  async search(file: PackedFile, forbidden: readonly ForbiddenValue[]): Promise<readonly Finding[]> {
    const unsearchable: Finding = { kind: 'UNSEARCHABLE', where: 'BYTES' };
    if (file.bytes.length > this.options.mostBytes) return [unsearchable];
    return this.#inTurn(async () => {
      const answer = await (await this.#ready()).ask({ act: 'SEARCH', file, forbidden });
      return answer?.said === 'SEARCHED' ? answer.findings : [unsearchable];
    });
  }

  /** Ends the child. A later call starts a new one. */
  async close(): Promise<void> {
    await this.#turn;
    await this.#child?.end();
    this.#child = undefined;
  }

  async #whole(content: Buffer | AsyncIterable<Uint8Array>): Promise<Buffer | undefined> {
    const { mostBytes } = this.options;
    if (Buffer.isBuffer(content)) return content.length > mostBytes ? undefined : content;
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of content) {
      length += chunk.length;
      if (length > mostBytes) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #ready(): Promise<Child> {
    if (this.#child?.isUsable(this.options.filesPerChild) !== true) {
      await this.#child?.end();
      this.#child = await Child.start(this.options).catch((cause: unknown) => {
        throw new DomainError('SERVICE_UNAVAILABLE', 'The process that examines documents does not start.', {
          cause,
        });
      });
    }
    return this.#child;
  }
}

/** Bytes come out of another process as plain arrays. */
const received = (redaction: Redaction): Redaction =>
  redaction.outcome === 'GIVEN' ? { ...redaction, bytes: Buffer.from(redaction.bytes) } : redaction;
