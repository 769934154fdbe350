import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { BeginBatch } from '@personr/instruction';
import { DomainError } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { type CallerRequest, callerOf } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { LineExchanges } from '../exchange/line-exchanges.js';
import { digestHeader, digestIn } from '../http/content-digest.js';
import { identityOf, markReplayed } from '../http/idempotency.js';
import { NDJSON, TakesStream } from '../http/takes-stream.js';
import { ApiBatch } from './batch.docs.js';
import { BatchStream } from './batch-stream.js';

/** Takes many written orders in over one request. */
@ApiTags('instructions')
@ApiBearerAuth('token')
@Controller('v1/instructions/batch')
export class BatchController {
  constructor(
    private readonly batchStream: BatchStream,
    private readonly beginBatch: BeginBatch,
    private readonly exchanges: LineExchanges,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('instructions:write')
  @TakesStream(NDJSON)
  @ApiBatch()
  async accept(@Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    const sha256 = digestIn(request.headers);
    const body = { digest: sha256 === null ? null : digestHeader(sha256) };
    const identity = identityOf(caller, { act: 'acceptBatch', body });
    if (identity !== null && sha256 === null) throw withoutDigest();
    const named = await this.beginBatch.find(caller.tenantId, identity);
    const held = await this.beginBatch.hold(caller.tenantId, named);
    markReplayed(reply, named.begunBefore);
    this.exchanges.answer(request, reply, this.batchStream.exchange(caller, { named, sha256, held }));
  }
}

const withoutDigest = (): DomainError =>
  new DomainError(
    'DIGEST_REQUIRED',
    'With an Idempotency-Key, send Content-Digest: sha-256=:<base64>: so that the same batch can be known.',
  );
