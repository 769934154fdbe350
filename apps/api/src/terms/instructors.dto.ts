import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { DomainError, parseId } from '@personr/kernel';
import { INSTRUCTION_TYPES, type InstructionType } from '@personr/law';
import { type Instructor, type NewInstructor } from '@personr/terms';
import {
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
} from 'class-validator';
import { CODE, IsCleanText, IsInstant, toInstant } from '../http/members.js';

const KINDS = ['PERSON', 'CREDENTIAL'] as const;

/** Who may instruct: a person by name, or a credential by its id. */
@ApiSchema({ description: 'A PERSON has a name, a CREDENTIAL an apiClientId.' })
export class InstructorBody {
  @ApiProperty({ enum: KINDS, enumName: 'InstructorKind', example: 'PERSON' })
  @IsIn(KINDS)
  kind!: (typeof KINDS)[number];

  @ApiPropertyOptional({
    minLength: 1,
    maxLength: 200,
    description: 'Sealed under a key of its own; never in the log.',
    example: 'Ida Invented',
  })
  @IsOptional()
  @IsCleanText(200)
  name?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Our id of the API client.' })
  @IsOptional()
  @IsUUID('7')
  apiClientId?: string;

  @ApiProperty({ pattern: CODE.source, example: 'PRIVACY_OFFICER' })
  @IsString()
  @Matches(CODE, { message: 'role must be a code, in capitals' })
  role!: string;

  @ApiProperty({
    enum: INSTRUCTION_TYPES,
    enumName: 'InstructionType',
    isArray: true,
    minItems: 1,
    description: 'What may be instructed.',
    example: ['DELETE'],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(INSTRUCTION_TYPES, { each: true })
  authority!: InstructionType[];

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Now when left out.',
    example: '2026-11-24T18:00:00Z',
  })
  @IsOptional()
  @IsInstant()
  validFrom?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The first instant after it.',
    example: null,
  })
  @IsOptional()
  @IsInstant()
  validTo?: string | null;
}

/** An authorised instructor. */
export class InstructorView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: KINDS, enumName: 'InstructorKind' }) kind!: string;
  @ApiProperty({ type: String, nullable: true }) name!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) apiClientId!: string | null;
  @ApiProperty({ example: 'PRIVACY_OFFICER' }) role!: string;
  @ApiProperty({ enum: INSTRUCTION_TYPES, enumName: 'InstructionType', isArray: true }) authority!: string[];
  @ApiProperty({ format: 'date-time' }) validFrom!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) validTo!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) revokedAt!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

/** A page of instructors. */
export class InstructorPageView {
  @ApiProperty({ type: [InstructorView] }) items!: InstructorView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** Reads an instructor. Throws `VALIDATION_FAILED` unless a person has a name and a credential an id, and neither the other's. */
export const toNewInstructor = (body: InstructorBody, now: Date): NewInstructor => ({
  who: whoOf(body),
  role: body.role,
  authority: body.authority,
  validFrom: body.validFrom === undefined ? now : new Date(body.validFrom),
  validTo: toInstant(body.validTo),
});

function whoOf({ kind, name, apiClientId }: InstructorBody): NewInstructor['who'] {
  if (kind === 'PERSON' && name !== undefined && apiClientId === undefined) return { kind, name };
  if (kind === 'CREDENTIAL' && apiClientId !== undefined && name === undefined) {
    return { kind, apiClientId: parseId(apiClientId) };
  }
  throw new DomainError(
    'VALIDATION_FAILED',
    'A PERSON has a name, a CREDENTIAL an apiClientId, and no more.',
  );
}

/** Shows an instructor. */
export const toInstructorView = ({ who, ...instructor }: Instructor): InstructorView => ({
  id: instructor.id,
  kind: who.kind,
  name: who.kind === 'PERSON' ? who.name : null,
  apiClientId: who.kind === 'CREDENTIAL' ? who.apiClientId : null,
  role: instructor.role,
  authority: [...instructor.authority],
  validFrom: instructor.validFrom.toISOString(),
  validTo: instructor.validTo?.toISOString() ?? null,
  revokedAt: instructor.revokedAt?.toISOString() ?? null,
  createdAt: instructor.createdAt.toISOString(),
});
