import { type ElementCode } from '@personr/law';

/** What a detector should find in a specimen; only what is there is named. */
export type SpecimenFacts = {
  /** The lines of the machine-readable zone, as printed. */
  readonly mrz?: readonly string[];
  /** The number of the passport, licence or card that is shown. */
  readonly documentNumber?: string;
  /** What the PDF417 or QR code holds, to the character. */
  readonly barcode?: { readonly format: 'PDF417' | 'QRCode'; readonly text: string };
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly seconds?: number;
  readonly floats?: number;
  /** The account number that the text of a document shows. */
  readonly accountNumber?: string;
  /** Texts of the embedded metadata, which whoever strips it must leave none of. */
  readonly metadata?: readonly string[];
};

/** One file that a consumer could have sent, of an invented person. */
export type Specimen = {
  /** A plain file name, unlike any other of the same person. */
  readonly name: string;
  readonly element: ElementCode;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly facts: SpecimenFacts;
};
