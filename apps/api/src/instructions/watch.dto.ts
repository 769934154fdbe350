import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

/** How long an instruction is watched. */
export class WatchQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 600,
    default: 600,
    description: 'After how many seconds the stream ends though the instruction has not.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(600)
  seconds = 600;
}
