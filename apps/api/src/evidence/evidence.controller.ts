import { Controller, Get, Header } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { LogReader } from '@personr/audit';
import { DomainError } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiProblems, TOKEN_PROBLEMS } from '../problem/problem.dto.js';

/** A tenant's own log. */
@ApiTags('evidence')
@ApiBearerAuth('token')
@Controller('v1/evidence')
export class EvidenceController {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly log: LogReader,
  ) {}

  @Get('checkpoint')
  @Needs('evidence:read')
  @Header('Cache-Control', 'private')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ operationId: 'readCheckpoint', summary: 'Take the newest signed checkpoint of your log' })
  @ApiProduces('text/plain')
  @ApiResponse({
    status: 200,
    description: 'A signed note (C2SP tlog-checkpoint).',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  @ApiProblems(...TOKEN_PROBLEMS, 'NOT_FINISHED')
  async checkpoint(@CurrentCaller() { tenantId }: ClientCaller): Promise<string> {
    const checkpoint = await this.tenancy.forTenant(tenantId, (tx) => this.log.checkpoint(tx));
    if (checkpoint === null) throw new DomainError('NOT_FINISHED', 'The log holds nothing yet.');
    return checkpoint;
  }
}
