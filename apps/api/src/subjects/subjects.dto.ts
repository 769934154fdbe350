import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Json } from '@personr/kernel';
import { PURPOSE_CODES, SOURCE_CODES, type SourceCode } from '@personr/law';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  ValidateNested,
} from 'class-validator';
import { IsCleanText, IsInstant, IsJsonValue } from '../http/members.js';

const IDENTITY_TYPES = ['EMAIL', 'PHONE', 'DOCUMENT_NUMBER'] as const;
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** Something a person is known by. */
export class IdentityBody {
  @ApiProperty({ enum: IDENTITY_TYPES })
  @IsIn(IDENTITY_TYPES)
  type!: (typeof IDENTITY_TYPES)[number];

  @ApiProperty({ example: 'ada@invented.example' })
  @IsCleanText(320)
  value!: string;
}

/** One value about a person. */
export class RecordBody {
  @ApiProperty({ description: 'A data element, such as FULL_NAME.', example: 'FULL_NAME' })
  @IsString()
  @Matches(CODE, { message: 'element must be the name of a data element, in capitals' })
  element!: string;

  @ApiProperty({ description: 'Any JSON value but null.', example: 'Ada Invented' })
  @IsJsonValue()
  value!: Json;

  @ApiProperty({ enum: SOURCE_CODES })
  @IsIn(SOURCE_CODES)
  source!: SourceCode;

  @ApiProperty({ enum: PURPOSE_CODES })
  @IsString()
  @Matches(CODE, { message: 'purpose must be the name of a purpose, in capitals' })
  purpose!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00Z' })
  @IsInstant()
  collectedAt!: string;
}

/** A person to be taken in, or added to. */
export class AdmitBody {
  @ApiProperty({ description: "The Business's own reference for the person.", example: 'cust-4711' })
  @IsCleanText(255)
  externalId!: string;

  @ApiPropertyOptional({ type: [IdentityBody] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => IdentityBody)
  identities?: IdentityBody[];

  @ApiPropertyOptional({ description: 'ISO 3166-2 code of the residence.', example: 'US-CA' })
  @IsOptional()
  @Matches(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, { message: 'residency must be a code as in US-CA' })
  residency?: string;

  @ApiPropertyOptional({
    enum: ['SERVICE_PROVIDER'],
    description: 'Whose data it is. Data we hold as a Business is not taken in here.',
  })
  @IsOptional()
  @IsIn(['SERVICE_PROVIDER'])
  role?: 'SERVICE_PROVIDER';

  @ApiPropertyOptional({ type: [RecordBody] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => RecordBody)
  records?: RecordBody[];
}

/** Values to be added. */
export class AddRecordsBody {
  @ApiProperty({ type: [RecordBody] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => RecordBody)
  records!: RecordBody[];
}

/** Whom to look up: exactly one of the two. */
export class LookupBody {
  @ApiPropertyOptional({ type: IdentityBody })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => IdentityBody)
  identity?: IdentityBody;

  @ApiPropertyOptional({ example: 'cust-4711' })
  @IsOptional()
  @IsCleanText(255)
  externalId?: string;
}

/** What values to read, and what for. */
export class ReadBody {
  @ApiProperty({ enum: PURPOSE_CODES })
  @IsString()
  @Matches(CODE, { message: 'purpose must be the name of a purpose, in capitals' })
  purpose!: string;

  @ApiPropertyOptional({ type: [String], description: 'All when left out.', example: ['FULL_NAME'] })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @Matches(CODE, { each: true, message: 'elements must be names of data elements, in capitals' })
  elements?: string[];
}
