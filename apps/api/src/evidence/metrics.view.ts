import { ApiProperty } from '@nestjs/swagger';
import { type YearMetrics } from '@personr/instruction';
import { INSTRUCTION_TYPES } from '@personr/law';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

const count = (description: string) => ({ type: 'integer' as const, description, example: 3 });
const days = (description: string) => ({ type: Number, nullable: true, description, example: 1.5 });

/** Which year. */
export class MetricsQuery {
  @ApiProperty({
    type: 'integer',
    minimum: 2020,
    maximum: 2199,
    description: 'The calendar year.',
    example: 2026,
  })
  @Type(() => Number)
  @IsInt()
  @Min(2020)
  @Max(2199)
  year!: number;
}

/** What became of the requests of one type. */
export class TypeMetricsView {
  @ApiProperty({ enum: INSTRUCTION_TYPES, enumName: 'InstructionType' }) type!: string;
  @ApiProperty(count('How many were received.')) received!: number;
  @ApiProperty(count('How many were complied with in whole.')) compliedWhole!: number;
  @ApiProperty(count('How many in part: the rest is kept on a legal ground.')) compliedPart!: number;
  @ApiProperty(count('How many were denied.')) denied!: number;
  @ApiProperty(count('How many were answered by that nothing was held.')) nothingHeld!: number;
  @ApiProperty(count('How many were cancelled.')) cancelled!: number;
  @ApiProperty(count('How many are not answered yet.')) open!: number;
  @ApiProperty(days('The median of days from receipt to answer; null when none was answered.'))
  medianDays!: number | null;
  @ApiProperty(days('The mean of days from receipt to answer; null when none was answered.'))
  meanDays!: number | null;
}

/** The metrics of a year. */
export class MetricsView {
  @ApiProperty({ type: 'integer', description: 'The calendar year.', example: 2026 }) year!: number;
  @ApiProperty({ description: 'In whose calendar (IANA).', example: 'America/Los_Angeles' }) zone!: string;
  @ApiProperty({ format: 'date-time', description: 'Its first instant.' }) from!: string;
  @ApiProperty({ format: 'date-time', description: 'The first instant of the next.' }) to!: string;
  @ApiProperty({ type: [TypeMetricsView], description: 'By type; one without requests is left out.' })
  types!: TypeMetricsView[];
}

/** Shows the metrics. */
export const toMetricsView = ({ from, to, types, ...metrics }: YearMetrics): MetricsView => ({
  ...metrics,
  from: from.toISOString(),
  to: to.toISOString(),
  types: types.map((one) => ({ ...one })),
});
