import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CONTRACT_PURPOSES, CONTRACT_TERM_NUMBERS } from '@personr/law';
import { type Annex, ANNEX_KINDS } from '@personr/terms';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsCleanText, IsInstant } from '../http/members.js';

/** A document that makes the agreement up. The document itself stays with the parties. */
export class AnnexBody {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'Annex 1: security measures' })
  @IsCleanText(200)
  title!: string;

  @ApiProperty({ enum: ANNEX_KINDS, enumName: 'AnnexKind', example: 'ANNEX' })
  @IsIn(ANNEX_KINDS)
  kind!: Annex['kind'];

  @ApiProperty({
    pattern: '^[0-9a-f]{64}$',
    description: 'SHA-256 of the document, in hex.',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  @IsString()
  @Matches(/^[0-9a-f]{64}$/, { message: 'sha256 must be 64 lower-case hex digits' })
  sha256!: string;
}

/** A Service Provider Agreement to be put on file (11 CCR 7051). */
export class AgreementBody {
  @ApiPropertyOptional({
    format: 'date-time',
    description: 'When it begins; now when left out. After every earlier one, which it supersedes.',
    example: '2026-12-01T08:00:00Z',
  })
  @IsOptional()
  @IsInstant()
  effectiveFrom?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The first instant after it; null while no end is known.',
    example: null,
  })
  @IsOptional()
  @IsInstant()
  effectiveTo?: string | null;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    maximum: 3650,
    description: 'Calendar days after the end in which DELETE and RETURN are still carried out.',
    example: 30,
  })
  @IsInt()
  @Min(0)
  @Max(3650)
  windDownDays!: number;

  @ApiProperty({
    type: [String],
    maxItems: 20,
    description: `Specific business purposes, of ${CONTRACT_PURPOSES.join(', ')}.`,
    example: CONTRACT_PURPOSES,
  })
  @IsArray()
  @ArrayMaxSize(20)
  @IsCleanText(200, { each: true })
  purposes!: string[];

  @ApiProperty({
    type: 'array',
    items: { type: 'integer', minimum: 1, maximum: 10 },
    maxItems: 20,
    description: 'The items of 11 CCR 7051(a) that the agreement is confirmed to have: all ten.',
    example: CONTRACT_TERM_NUMBERS,
  })
  @IsArray()
  @ArrayMaxSize(20)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(10, { each: true })
  checklist!: number[];

  @ApiPropertyOptional({ type: [AnnexBody], maxItems: 50 })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => AnnexBody)
  annexes?: AnnexBody[];
}

/** When an agreement is to end. */
export class AgreementEndBody {
  @ApiProperty({
    format: 'date-time',
    description: 'The first instant after it: now or later, and before the end it has.',
    example: '2027-06-30T07:00:00Z',
  })
  @IsInstant()
  effectiveTo!: string;
}
