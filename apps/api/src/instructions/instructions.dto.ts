import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { INSTRUCTION_STATES, type InstructionState } from '@personr/instruction';
import {
  BASES,
  type Basis,
  INSTRUCTION_TYPES,
  type InstructionType,
  type Manner,
  MANNERS,
  VERIFICATION_LEVELS,
  VERIFICATION_METHODS,
  VERIFICATION_POINTS,
  type VerificationLevel,
  type VerificationMethod,
  type VerificationPoint,
} from '@personr/law';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  Equals,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsUUID,
  Matches,
  ValidateNested,
} from 'class-validator';
import { IsCleanText, IsInstant } from '../http/members.js';
import { PageQuery } from '../http/paging.js';
import { ExportBody, ReturnBody } from './export.dto.js';
import { ScopeBody } from './scope.dto.js';
import { IdentityBody } from '../subjects/subjects.dto.js';

/** Whom the order is about: exactly one of the four. */
@ApiSchema({ description: 'Exactly one of the four.' })
export class SubjectBody {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('7')
  id?: string;

  @ApiPropertyOptional({ minLength: 1, maxLength: 255, example: 'cust-4711' })
  @IsOptional()
  @IsCleanText(255)
  externalId?: string;

  @ApiPropertyOptional({ type: [IdentityBody], minItems: 1, maxItems: 20 })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => IdentityBody)
  identities?: IdentityBody[];

  @ApiPropertyOptional({
    type: Boolean,
    enum: [true],
    description:
      'Everything that is held for you: a DELETE or a RETURN of basis AGREEMENT_END, which also needs the scope `admin`.',
    example: true,
  })
  @IsOptional()
  @Equals(true)
  all?: true;
}

/** The written order. */
export class WritingBody {
  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'An authorised instructor; the registration of the credential itself when left out.',
  })
  @IsOptional()
  @IsUUID('7')
  instructorId?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    minLength: 1,
    maxLength: 20_000,
    example: 'Erase everything held about this customer.',
  })
  @IsOptional()
  @IsCleanText(20_000)
  text?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    pattern: '^[0-9a-f]{64}$',
    description: 'SHA-256 of the signed document, in hex.',
  })
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/, { message: 'documentSha256 must be 64 lower-case hex digits' })
  documentSha256?: string | null;
}

/** What the Business received from the consumer. */
export class ConsumerRequestBody {
  @ApiProperty({ format: 'date-time' })
  @IsInstant()
  receivedAt!: string;

  @ApiProperty({ enum: MANNERS, enumName: 'Manner' })
  @IsIn(MANNERS)
  manner!: Manner;

  @ApiProperty({ enum: INSTRUCTION_TYPES, enumName: 'InstructionType' })
  @IsIn(INSTRUCTION_TYPES)
  nature!: InstructionType;
}

/** How the Business verified who asked: kinds of data, never values. */
export class VerificationBody {
  @ApiProperty({ enum: VERIFICATION_LEVELS, enumName: 'VerificationLevel' })
  @IsIn(VERIFICATION_LEVELS)
  level!: VerificationLevel;

  @ApiProperty({ enum: VERIFICATION_METHODS, enumName: 'VerificationMethod' })
  @IsIn(VERIFICATION_METHODS)
  method!: VerificationMethod;

  @ApiPropertyOptional({
    enum: VERIFICATION_POINTS,
    enumName: 'VerificationPoint',
    isArray: true,
    maxItems: 20,
    uniqueItems: true,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsIn(VERIFICATION_POINTS, { each: true })
  points?: VerificationPoint[];

  @ApiPropertyOptional({
    description: 'Whether a declaration signed under penalty of perjury is on record (Reg. 7062(c)).',
  })
  @IsOptional()
  @IsBoolean()
  declaration?: boolean;

  @ApiProperty({ format: 'date-time' })
  @IsInstant()
  verifiedAt!: string;
}

/** A tenant's written order. */
export class InstructionBody {
  @ApiProperty({ enum: INSTRUCTION_TYPES, enumName: 'InstructionType' })
  @IsIn(INSTRUCTION_TYPES)
  type!: InstructionType;

  @ApiProperty({ type: SubjectBody })
  @IsObject()
  @ValidateNested()
  @Type(() => SubjectBody)
  subject!: SubjectBody;

  @ApiProperty({ enum: BASES, enumName: 'Basis' })
  @IsIn(BASES)
  basis!: Basis;

  @ApiPropertyOptional({
    type: WritingBody,
    description: 'Missing writing is refused: INSTRUCTION_NOT_WRITTEN.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => WritingBody)
  writing?: WritingBody;

  @ApiPropertyOptional({ type: ConsumerRequestBody, description: 'Of basis CONSUMER_REQUEST.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ConsumerRequestBody)
  consumerRequest?: ConsumerRequestBody;

  @ApiPropertyOptional({ type: VerificationBody, description: 'Of basis CONSUMER_REQUEST.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => VerificationBody)
  verification?: VerificationBody;

  @ApiPropertyOptional({ type: ScopeBody, description: 'Everything when left out.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ScopeBody)
  scope?: ScopeBody;

  @ApiPropertyOptional({ type: ExportBody, description: 'Of an EXPORT; without it: AUDIENCE_REQUIRED.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ExportBody)
  export?: ExportBody;

  @ApiPropertyOptional({
    type: ReturnBody,
    description: 'Of a RETURN; for download, as it is, when left out.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ReturnBody)
  return?: ReturnBody;

  @ApiPropertyOptional({ description: 'Whether it is carried out before others; false when left out.' })
  @IsOptional()
  @IsBoolean()
  urgent?: boolean;
}

/** Which instructions to list. */
export class InstructionQuery extends PageQuery {
  @ApiPropertyOptional({ enum: INSTRUCTION_STATES, enumName: 'InstructionState' })
  @IsOptional()
  @IsIn(INSTRUCTION_STATES)
  state?: InstructionState;

  @ApiPropertyOptional({ enum: INSTRUCTION_TYPES, enumName: 'InstructionType' })
  @IsOptional()
  @IsIn(INSTRUCTION_TYPES)
  type?: InstructionType;
}
