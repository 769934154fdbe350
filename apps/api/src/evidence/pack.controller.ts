import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiProblems, TOKEN_PROBLEMS } from '../problem/problem.dto.js';
import { PeriodQuery, toPeriod } from './entries.dto.js';
import { PackEvidence } from './pack-evidence.js';

const PACK = {
  status: 200,
  description: 'A zip, made while it is read. One that breaks off is no zip.',
  content: { 'application/zip': { schema: { type: 'string' as const, format: 'binary' } } },
  headers: {
    'Content-Disposition': {
      description: 'The name of the file.',
      schema: { type: 'string' as const, example: 'attachment; filename="evidence.zip"' },
    },
  },
};

/** Evidence for an auditor to take away. */
@ApiTags('evidence')
@ApiBearerAuth('token')
@Controller('v1/evidence/pack')
export class PackController {
  constructor(private readonly packEvidence: PackEvidence) {}

  @Get()
  @Needs('evidence:read')
  @ApiOperation({
    operationId: 'takeEvidencePack',
    summary: 'Take your log away: for auditors and verifiers',
  })
  @ApiProduces('application/zip')
  @ApiResponse(PACK)
  @ApiProblems(...TOKEN_PROBLEMS, 'VALIDATION_FAILED', 'UNKNOWN_MEMBER', 'NOT_FINISHED', 'ENTRIES_PRUNED')
  async take(
    @CurrentCaller() caller: ClientCaller,
    @Query() query: PeriodQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const zip = await this.packEvidence.run(caller, toPeriod(query));
    void reply.headers({
      'Content-Type': 'application/zip',
      'Content-Disposition': 'attachment; filename="evidence.zip"',
    });
    await reply.send(zip);
  }
}
