import { ApiPropertyOptional } from '@nestjs/swagger';
import { type EntryFilter } from '@personr/audit';
import { parseId, parseSubjectRef } from '@personr/kernel';
import { IsOptional, IsString, IsUUID, Matches } from 'class-validator';
import { IsInstant } from '../http/members.js';
import { PageQuery } from '../http/paging.js';

const EVENT = /^[a-z][a-z._-]{0,63}$/;
const OUTCOME = /^[A-Z][A-Z0-9_]{0,63}$/;
const SUBJECT_REF = /^[0-9a-f]{32}$/;
const ACTOR = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|SYSTEM|OPERATOR)$/;

/** From when to when. */
export class PeriodQuery {
  @ApiPropertyOptional({
    format: 'date-time',
    description: 'The first instant.',
    example: '2026-11-23T00:00:00Z',
  })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'The first instant that is no part of it.',
    example: '2026-12-01T00:00:00Z',
  })
  @IsOptional()
  @IsInstant()
  to?: string;
}

/** Which entries to list: those that fit all that is given. */
export class EntryQuery extends PageQuery {
  @ApiPropertyOptional({ pattern: EVENT.source, description: 'What happened.', example: 'values.read' })
  @IsOptional()
  @IsString()
  @Matches(EVENT, { message: 'event must be the name of an event, as in values.read' })
  event?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Those about this instruction.' })
  @IsOptional()
  @IsUUID('7')
  instructionId?: string;

  @ApiPropertyOptional({
    pattern: SUBJECT_REF.source,
    description: 'Those about this subject, by the random reference that the log and receipts know it by.',
    example: '3f1f7d4a5e1f0c8e9a1f6b4a539f0e2f',
  })
  @IsOptional()
  @IsString()
  @Matches(SUBJECT_REF, { message: 'subjectRef must be 32 hex digits' })
  subjectRef?: string;

  @ApiPropertyOptional({
    pattern: ACTOR.source,
    description: 'Those of this actor: the id of an API client, `SYSTEM` or `OPERATOR`.',
    example: 'SYSTEM',
  })
  @IsOptional()
  @IsString()
  @Matches(ACTOR, { message: 'actor must be the id of an API client, SYSTEM or OPERATOR' })
  actor?: string;

  @ApiPropertyOptional({
    pattern: OUTCOME.source,
    description: 'Those that came out so: `REFUSED`, `COMPLETED`, `CLOSED_NO_DATA`, ..., else `DONE`.',
    example: 'REFUSED',
  })
  @IsOptional()
  @IsString()
  @Matches(OUTCOME, { message: 'outcome must be a word in capitals' })
  outcome?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Those from this instant on.',
    example: '2026-11-23T00:00:00Z',
  })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Those before this instant.',
    example: '2026-12-01T00:00:00Z',
  })
  @IsOptional()
  @IsInstant()
  to?: string;
}

/** Reads a period. */
export const toPeriod = ({ from, to }: PeriodQuery): Pick<EntryFilter, 'from' | 'to'> => ({
  ...(from === undefined ? {} : { from: new Date(from) }),
  ...(to === undefined ? {} : { to: new Date(to) }),
});

/** Reads the filters. Throws `ID_MALFORMED`. */
export const toEntryFilter = (query: EntryQuery): EntryFilter => ({
  ...(query.event === undefined ? {} : { event: query.event }),
  ...(query.instructionId === undefined
    ? {}
    : { instructionId: parseId<'instruction'>(query.instructionId) }),
  ...(query.subjectRef === undefined ? {} : { subjectRef: parseSubjectRef(query.subjectRef) }),
  ...(query.actor === undefined ? {} : { actor: query.actor }),
  ...(query.outcome === undefined ? {} : { outcome: query.outcome }),
  ...toPeriod(query),
});
