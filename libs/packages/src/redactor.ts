import { Injectable } from '@nestjs/common';
import { type ElementCode } from '@personr/law';
import { type Finding, type ForbiddenValue, type PackedFile } from '@personr/redaction';

export type { Finding, ForbiddenValue, PackedFile } from '@personr/redaction';

/** A document that is to go to a consumer. */
export type RedactableDocument = {
  readonly element: ElementCode;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** What is held of the person and must not be in it. */
  readonly forbidden: readonly ForbiddenValue[];
  /** Its bytes, opened anew each time they are asked for. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
};

/** A document of which nothing is left that Reg. 7024(d) forbids: not in pixels, not in metadata. */
export type RedactedDocument = { readonly mediaType: string; readonly bytes: AsyncIterable<Uint8Array> };

/** Makes documents fit for a consumer's eyes, and searches what was made of them. */
export abstract class Redactor {
  /**
   * The document without what must not be disclosed, or null when it cannot be said with certainty that nothing of it
   * is left: then it is withheld and described. The same document leads to the same bytes.
   */
  abstract redact(document: RedactableDocument): Promise<RedactedDocument | null>;

  /** Searches a finished file of a package, however a value is written in it. A file that cannot be searched is a finding. */
  abstract search(file: PackedFile, forbidden: readonly ForbiddenValue[]): Promise<readonly Finding[]>;
}

/** Is certain of no document: each is withheld and described, so there is none to search. */
@Injectable()
export class WithholdDocuments extends Redactor {
  redact(): Promise<null> {
    return Promise.resolve(null);
  }

  search(): Promise<readonly Finding[]> {
    return Promise.resolve([]);
  }
}
