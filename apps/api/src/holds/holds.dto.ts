import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ELEMENT_CODES, EXCEPTION_GROUNDS, parseElement } from '@personr/law';
import { type HoldEndReason, HOLD_END_REASONS, type NewHold } from '@personr/subjects';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
} from 'class-validator';
import { CODE, IsInstant, toInstant } from '../http/members.js';
import { PageQuery } from '../http/paging.js';

// The law's words: no at sign, no line break, so that no address of a person fits in by habit.
const CITATION = /^[\p{L}\p{N}][\p{L}\p{N} .,;:()§/&'-]{2,199}$/u;

/** What is kept, on which ground, until when. */
export class HoldBody {
  @ApiProperty({
    pattern: CODE.source,
    description: `A ground of Civ. Code 1798.105(d) or 1798.145, of ${EXCEPTION_GROUNDS.join(', ')}.`,
    example: 'EX_LEGAL',
  })
  @IsString()
  @Matches(CODE, { message: 'ground must be a code, in capitals' })
  ground!: string;

  @ApiProperty({
    pattern: CITATION.source,
    description: 'The law or order that it rests on. Never a word about the person.',
    example: '31 CFR 1020.220(a)(3)',
  })
  @IsString()
  @Matches(CITATION, { message: 'citation must be 3 to 200 letters, digits and signs of a legal citation' })
  citation!: string;

  @ApiPropertyOptional({
    enum: ELEMENT_CODES,
    enumName: 'ElementCode',
    isArray: true,
    minItems: 1,
    maxItems: 100,
    description: 'What is kept; everything when left out, which EX_COURT, EX_LE_DIRECTION, EX_CLAIMS allow.',
    example: ['FULL_NAME', 'DOCUMENT_NUMBER'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(CODE, { each: true, message: 'elements must be names of data elements, in capitals' })
  elements?: string[];

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it ends by itself, and what it keeps is erased. This or reviewAt is needed.',
    example: '2031-11-24T08:00:00Z',
  })
  @IsOptional()
  @IsInstant()
  endsAt?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the ground is looked at again.',
    example: '2027-11-24T08:00:00Z',
  })
  @IsOptional()
  @IsInstant()
  reviewAt?: string | null;
}

/** A hold on a subject. */
export class SubjectHoldBody extends HoldBody {
  @ApiProperty({ format: 'uuid', description: 'Our id of the subject.' })
  @IsUUID('7')
  subjectId!: string;
}

/** Why a hold ends before its time. */
export class ReleaseBody {
  @ApiProperty({ enum: HOLD_END_REASONS, enumName: 'HoldReleaseReason', example: 'GROUND_ENDED' })
  @IsIn(HOLD_END_REASONS)
  reason!: HoldEndReason;
}

/** Which hold of an instruction's subject ends, and why. */
export class InstructionReleaseBody extends ReleaseBody {
  @ApiProperty({ format: 'uuid', description: 'Our id of the hold.' })
  @IsUUID('7')
  holdId!: string;
}

/** Which holds to list. */
export class HoldQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Those on this subject alone.' })
  @IsOptional()
  @IsUUID('7')
  subjectId?: string;
}

/** Reads a hold. Throws `ELEMENT_UNKNOWN`. */
export const toNewHold = ({
  ground,
  citation,
  elements = [],
  endsAt,
  reviewAt,
}: HoldBody): Omit<NewHold, 'subjectId'> => ({
  ground,
  citation,
  elements: elements.map(parseElement),
  endsAt: toInstant(endsAt),
  reviewAt: toInstant(reviewAt),
});
