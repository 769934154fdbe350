import { ApiProperty } from '@nestjs/swagger';
import { CATEGORIES, ELEMENT_CODES, ELEMENTS, PURPOSE_CODES, SOURCE_CODES } from '@personr/law';
import { type ListedDocument, type TakenDocument } from '@personr/subjects';

const LETTERS = Object.keys(CATEGORIES);
const SIZE = { type: 'integer', format: 'int64', minimum: 1, example: 204_800 } as const;

/** A document that was taken in. */
export class TakenDocumentView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: ELEMENT_CODES, enumName: 'ElementCode', example: 'SELFIE' }) element!: string;
  @ApiProperty({ enum: LETTERS, enumName: 'Category', isArray: true, example: ['H'] }) categories!: string[];
  @ApiProperty({ description: 'As it was sent, without parameters but `charset`.', example: 'image/jpeg' })
  contentType!: string;
  @ApiProperty(SIZE) sizeBytes!: number;
  @ApiProperty({
    description: 'Of the content, in hex: compare it with your own.',
    pattern: '^[0-9a-f]{64}$',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  sha256!: string;
}

/** A document in a list: how it is classified and how large it is. */
export class DocumentView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: ELEMENT_CODES, enumName: 'ElementCode', example: 'SELFIE' }) element!: string;
  @ApiProperty({ enum: LETTERS, enumName: 'Category', isArray: true, example: ['H'] }) categories!: string[];
  @ApiProperty({ example: 'image/jpeg' }) contentType!: string;
  @ApiProperty(SIZE) sizeBytes!: number;
  @ApiProperty({ enum: SOURCE_CODES, enumName: 'SourceCode' }) source!: string;
  @ApiProperty({ enum: PURPOSE_CODES, enumName: 'PurposeCode' }) purpose!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) consentId!: string | null;
  @ApiProperty({ format: 'date-time' }) collectedAt!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

/** A page of a subject's documents. */
export class DocumentPageView {
  @ApiProperty({ type: [DocumentView] }) items!: DocumentView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** Shows a document that was taken in. */
export const toTakenDocumentView = (taken: TakenDocument): TakenDocumentView => ({
  id: taken.id,
  element: taken.element,
  categories: [...ELEMENTS[taken.element].categories],
  contentType: taken.mediaType,
  sizeBytes: taken.sizeBytes,
  sha256: Buffer.from(taken.sha256).toString('hex'),
});

/** Shows a document in a list. */
export const toDocumentView = (document: ListedDocument): DocumentView => ({
  id: document.id,
  element: document.element,
  categories: [...ELEMENTS[document.element].categories],
  contentType: document.mediaType,
  sizeBytes: document.sizeBytes,
  source: document.source,
  purpose: document.purpose,
  consentId: document.consentId,
  collectedAt: document.collectedAt.toISOString(),
  createdAt: document.createdAt.toISOString(),
});
