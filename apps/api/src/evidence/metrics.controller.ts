import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { MeasureYear } from '@personr/instruction';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiProblems, TOKEN_PROBLEMS } from '../problem/problem.dto.js';
import { MetricsQuery, MetricsView, toMetricsView } from './metrics.view.js';

/** The figures that a Business publishes of its consumers' requests. */
@ApiTags('evidence')
@ApiBearerAuth('token')
@Controller('v1/metrics')
export class MetricsController {
  constructor(private readonly measureYear: MeasureYear) {}

  @Get()
  @Needs('evidence:read')
  @ApiOperation({
    operationId: 'readMetrics',
    summary: "Count a year's requests, as Reg. 7102 wants them published",
  })
  @ApiResponse({ status: 200, description: 'The figures.', type: MetricsView })
  @ApiProblems(...TOKEN_PROBLEMS, 'VALIDATION_FAILED', 'UNKNOWN_MEMBER')
  async read(
    @CurrentCaller() { tenantId }: ClientCaller,
    @Query() { year }: MetricsQuery,
  ): Promise<MetricsView> {
    return toMetricsView(await this.measureYear.run(tenantId, year));
  }
}
