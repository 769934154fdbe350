import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Json } from '@personr/kernel';
import { CATEGORIES, ELEMENT_CODES, PURPOSE_CODES, SOURCE_CODES } from '@personr/law';
import {
  type Admitted,
  type InventoryElement,
  type OpenedRecord,
  type Subject,
  type TakenRecord,
} from '@personr/subjects';
import { JSON_VALUE } from './subjects.dto.js';

const LETTERS = Object.keys(CATEGORIES);

/** A value that was taken in: how it is classified, not what it says. */
export class TakenRecordView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: ELEMENT_CODES, enumName: 'ElementCode' }) element!: string;
  @ApiProperty({ enum: LETTERS, enumName: 'Category', isArray: true, example: ['A', 'B'] })
  categories!: string[];
}

/** A person that was taken in. */
export class AdmittedView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiPropertyOptional({ type: [TakenRecordView] }) records?: TakenRecordView[];
}

/** Values that were added. */
export class AddedRecordsView {
  @ApiProperty({ type: [TakenRecordView] }) records!: TakenRecordView[];
}

/** Whom a lookup found. */
export class FoundView {
  @ApiProperty({ format: 'uuid' }) id!: string;
}

/** A subject, without any value. */
export class SubjectView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ enum: ['SERVICE_PROVIDER', 'BUSINESS'] }) role!: string;
  @ApiProperty({ type: String, nullable: true }) residency!: string | null;
  @ApiProperty({ description: 'True from the start of an erasure on.' }) beingErased!: boolean;
}

/** What is held of one element. */
export class InventoryElementView {
  @ApiProperty({ enum: ELEMENT_CODES, enumName: 'ElementCode' }) element!: string;
  @ApiProperty({ enum: LETTERS, enumName: 'Category', isArray: true, example: ['A', 'B'] })
  categories!: string[];
  @ApiProperty({ enum: ['NO', 'YES', 'CONDITIONAL'] }) sensitive!: string;
  @ApiProperty({ enum: SOURCE_CODES, enumName: 'SourceCode' }) source!: string;
  @ApiProperty({ enum: PURPOSE_CODES, enumName: 'PurposeCode' }) purpose!: string;
  @ApiProperty({ type: 'integer', minimum: 1 }) count!: number;
}

/** A subject and what is held of it, without any value. */
export class InventoryView extends SubjectView {
  @ApiProperty({ type: [InventoryElementView] }) elements!: InventoryElementView[];
}

/** A page of subjects. */
export class SubjectPageView {
  @ApiProperty({ type: [SubjectView] }) items!: SubjectView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** A value, opened. */
export class OpenedRecordView extends TakenRecordView {
  @ApiProperty({ ...JSON_VALUE, description: 'What was taken in.' }) value!: Json;
  @ApiProperty({ enum: SOURCE_CODES, enumName: 'SourceCode' }) source!: string;
  @ApiProperty({ enum: PURPOSE_CODES, enumName: 'PurposeCode' }) purpose!: string;
  @ApiProperty({ format: 'date-time' }) collectedAt!: string;
}

/** Values, opened. */
export class OpenedRecordsView {
  @ApiProperty({ type: [OpenedRecordView] }) records!: OpenedRecordView[];
}

/** Shows a taken value. */
export const toTakenView = ({ id, element, categories }: TakenRecord): TakenRecordView => ({
  id,
  element,
  categories: [...categories],
});

/** Shows what came of taking a person in; its records when the body had any. */
export function toAdmittedView(
  { id, createdAt, records }: Admitted,
  body: { readonly records?: unknown },
): AdmittedView {
  const view = { id, createdAt: createdAt.toISOString() };
  return body.records === undefined ? view : { ...view, records: records.map(toTakenView) };
}

/** Shows a subject. */
export const toSubjectView = ({ id, createdAt, role, residency, beingErased }: Subject): SubjectView => ({
  id,
  createdAt: createdAt.toISOString(),
  role,
  residency,
  beingErased,
});

/** Shows what is held of one element. */
export const toElementView = ({ categories, ...line }: InventoryElement): InventoryElementView => ({
  ...line,
  categories: [...categories],
});

/** Shows an opened value. */
export const toOpenedView = (record: OpenedRecord): OpenedRecordView => ({
  ...toTakenView(record),
  value: record.value,
  source: record.source,
  purpose: record.purpose,
  collectedAt: record.collectedAt.toISOString(),
});
