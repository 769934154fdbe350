import { type ElementCode } from '@personr/law';
import { type ForbiddenKind, type ForbiddenValue } from './values/forbidden-value.js';

/** A document of somebody, and what must not be in what this person is given of it. */
export type Document = {
  readonly element: ElementCode;
  /** As it was declared when it was taken in, without parameters. */
  readonly mediaType: string;
  readonly forbidden: readonly ForbiddenValue[];
};

/** Why a document is not given, not even masked. Each has its sentence in `WITHHELD`. */
export type WithheldReason = keyof typeof WITHHELD;

/** The sentences that say why, to be shown to whom the document is about. */
export const WITHHELD = {
  DESCRIBED_ONLY: 'What is held may be described, and must not be given (11 CCR 7024(d)).',
  SECURITY_DATA: 'It was made to help ensure security and integrity, and is described only.',
  TOO_LARGE: 'It is larger than what can be masked.',
  KIND_UNKNOWN: 'It is of a kind in which forbidden values cannot be found with certainty.',
  NOT_WHAT_IT_SAYS: 'Its bytes are not of the kind it was declared as.',
  UNREADABLE: 'It is damaged or incomplete, so what it shows could not be examined.',
  NOT_LEGIBLE: 'Its text could not be read well enough to find the numbers in it.',
  NUMBER_NOT_FOUND: 'The number of the document could not be found in it with certainty.',
  ZONE_NOT_FOUND: 'Its machine-readable zone could not be read with certainty.',
  BARCODE_NOT_FOUND: 'Its barcode could not be read with certainty.',
  PARTS_UNKNOWN: 'It has parts in which a number could be and could not be found.',
  VALUE_LEFT: 'A forbidden value was still found after masking.',
  TOO_MUCH_WORK: 'Examining it took more time or memory than one document may have.',
} as const satisfies Record<string, string>;

/** What becomes of a document for its consumer. */
export type Redaction =
  | {
      readonly outcome: 'GIVEN';
      /** Without metadata, and with every forbidden region overwritten. */
      readonly bytes: Buffer;
      /** How many regions were covered. */
      readonly covered: number;
    }
  | { readonly outcome: 'WITHHELD'; readonly reason: WithheldReason; readonly description: string };

/** Says that a document is not given, and why. */
export const withheld = (reason: WithheldReason): Redaction => ({
  outcome: 'WITHHELD',
  reason,
  description: WITHHELD[reason],
});

/** One file of a package, finished. */
export type PackedFile = { readonly name: string; readonly mediaType: string; readonly bytes: Buffer };

/** A forbidden value that was found in a file, or that a file could not be searched. Never the value itself. */
export type Finding =
  | {
      readonly kind: ForbiddenKind;
      readonly where: 'NAME' | 'BYTES' | 'METADATA' | 'BARCODE' | 'PICTURE' | 'PAPER';
    }
  | { readonly kind: 'UNSEARCHABLE'; readonly where: 'BYTES' };
