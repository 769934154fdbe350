import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { type Json } from '@personr/kernel';
import {
  ELEMENT_CODES,
  PURPOSE_CODES,
  READ_PURPOSES,
  type Role,
  SOURCE_CODES,
  type SourceCode,
} from '@personr/law';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  ValidateNested,
} from 'class-validator';
import { InlineConsentBody } from '../consents/consents.dto.js';
import { CODE, IsCleanText, IsInstant, IsJsonValue } from '../http/members.js';

const ROLES = ['SERVICE_PROVIDER', 'BUSINESS'] as const satisfies Role[];
const IDENTITY_TYPES = ['EMAIL', 'PHONE', 'DOCUMENT_NUMBER'] as const;
/** Any JSON value but null, for the contract. */
export const JSON_VALUE = {
  oneOf: [
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'array', items: {} },
    { type: 'object', additionalProperties: true },
  ],
};

/** Something a person is known by. */
export class IdentityBody {
  @ApiProperty({ enum: IDENTITY_TYPES, enumName: 'IdentityType' })
  @IsIn(IDENTITY_TYPES)
  type!: (typeof IDENTITY_TYPES)[number];

  @ApiProperty({ minLength: 1, maxLength: 320, example: 'ada@invented.example' })
  @IsCleanText(320)
  value!: string;
}

/** One value about a person. */
export class RecordBody {
  @ApiProperty({
    enum: ELEMENT_CODES,
    enumName: 'ElementCode',
    description: 'What kind of value it is; its categories follow from it.',
    example: 'FULL_NAME',
  })
  @IsString()
  @Matches(CODE, { message: 'element must be the name of a data element, in capitals' })
  element!: string;

  @ApiProperty({
    ...JSON_VALUE,
    description: 'Any JSON value but null, of at most 65,536 characters.',
    example: 'Ada Invented',
  })
  @IsJsonValue()
  value!: Json;

  @ApiProperty({ enum: SOURCE_CODES, enumName: 'SourceCode' })
  @IsIn(SOURCE_CODES)
  source!: SourceCode;

  @ApiProperty({ enum: PURPOSE_CODES, enumName: 'PurposeCode' })
  @IsString()
  @Matches(CODE, { message: 'purpose must be the name of a purpose, in capitals' })
  purpose!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00Z' })
  @IsInstant()
  collectedAt!: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'The consent on record that it is taken in under.',
    example: '019ab0c4-5a00-7000-8000-000000000001',
  })
  @IsOptional()
  @IsUUID('7')
  consentId?: string;
}

/** A value that comes in with a person and, perhaps, with the consent it is taken in under. */
export class InlineRecordBody extends RecordBody {
  @ApiPropertyOptional({
    minLength: 1,
    maxLength: 64,
    description: 'The `ref` of a consent of the same body; instead of `consentId`.',
    example: 'c1',
  })
  @IsOptional()
  @IsCleanText(64)
  consentRef?: string;
}

/** A person to be taken in, or added to. */
export class AdmitBody {
  @ApiProperty({
    minLength: 1,
    maxLength: 255,
    description: "The Business's own reference for the person.",
    example: 'cust-4711',
  })
  @IsCleanText(255)
  externalId!: string;

  @ApiPropertyOptional({ type: [IdentityBody], maxItems: 20 })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => IdentityBody)
  identities?: IdentityBody[];

  @ApiPropertyOptional({
    description: 'ISO 3166-2 code of the residence.',
    pattern: '^[A-Z]{2}(-[A-Z0-9]{1,3})?$',
    example: 'US-CA',
  })
  @IsOptional()
  @Matches(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, { message: 'residency must be a code as in US-CA' })
  residency?: string;

  @ApiPropertyOptional({
    enum: ROLES,
    enumName: 'Role',
    description:
      "In which role it is held: the tenant's own when left out, and no other (ROLE_NOT_OF_TENANT).",
    example: 'SERVICE_PROVIDER',
  })
  @IsOptional()
  @IsIn(ROLES)
  role?: Role;

  @ApiPropertyOptional({ type: [InlineConsentBody], maxItems: 50 })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => InlineConsentBody)
  consents?: InlineConsentBody[];

  @ApiPropertyOptional({ type: [InlineRecordBody], maxItems: 500 })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => InlineRecordBody)
  records?: InlineRecordBody[];
}

/** Values to be added. */
export class AddRecordsBody {
  @ApiProperty({ type: [RecordBody], minItems: 1, maxItems: 500 })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => RecordBody)
  records!: RecordBody[];
}

/** Whom to look up: exactly one of the two. */
@ApiSchema({ description: 'Exactly one of the two.' })
export class LookupBody {
  @ApiPropertyOptional({ type: IdentityBody })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => IdentityBody)
  identity?: IdentityBody;

  @ApiPropertyOptional({ minLength: 1, maxLength: 255, example: 'cust-4711' })
  @IsOptional()
  @IsCleanText(255)
  externalId?: string;
}

/** What values to read, and what for. */
export class ReadBody {
  @ApiProperty({
    enum: READ_PURPOSES,
    enumName: 'ReadPurpose',
    description:
      'A purpose; or the ground of a hold, and what is read is what its holds kept from an erasure. For any other purpose that is refused, 403 `RESTRICTED_BY_HOLD`.',
    example: 'IDENTITY_VERIFICATION',
  })
  @IsString()
  @Matches(CODE, { message: 'purpose must be the name of a purpose, in capitals' })
  purpose!: string;

  @ApiPropertyOptional({
    enum: ELEMENT_CODES,
    enumName: 'ElementCode',
    isArray: true,
    minItems: 1,
    maxItems: 100,
    description: 'All that may be read for the purpose when left out.',
    example: ['FULL_NAME'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @Matches(CODE, { each: true, message: 'elements must be names of data elements, in capitals' })
  elements?: string[];
}
