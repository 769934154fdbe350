import { Injectable } from '@nestjs/common';
import { type ElementCode } from '@personr/law';

/** A document that is to go to a consumer. */
export type RedactableDocument = {
  readonly element: ElementCode;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** Its bytes, opened anew each time they are asked for. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
};

/** A document of which nothing is left that Reg. 7024(d) forbids: not in pixels, not in metadata. */
export type RedactedDocument = { readonly mediaType: string; readonly bytes: AsyncIterable<Uint8Array> };

/** Makes documents fit for a consumer's eyes. */
export abstract class Redactor {
  /**
   * The document without what must not be disclosed, or null when it cannot be said with certainty that nothing of it
   * is left: then it is withheld and described. The same document leads to the same bytes.
   */
  abstract redact(document: RedactableDocument): Promise<RedactedDocument | null>;
}

/** Is certain of no document: each is withheld and described. */
@Injectable()
export class WithholdDocuments extends Redactor {
  redact(): Promise<null> {
    return Promise.resolve(null);
  }
}
