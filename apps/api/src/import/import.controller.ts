import { type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Clock } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { type CallerRequest, callerOf } from '../auth/caller.js';
import { StillGranted } from '../auth/still-granted.js';
import { Needs } from '../auth/token.guard.js';
import { NDJSON, TakesStream } from '../http/takes-stream.js';
import { ApiImport } from './import.docs.js';
import { ImportLimits } from './import-limits.js';
import { ImportStream } from './import-stream.js';

/** Takes many people in over one request. */
@ApiTags('subjects')
@ApiBearerAuth('token')
@Controller('v1/subjects/import')
export class ImportController {
  constructor(
    private readonly importStream: ImportStream,
    private readonly stillGranted: StillGranted,
    private readonly limits: ImportLimits,
    private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('subjects:write')
  @TakesStream(NDJSON)
  @ApiImport()
  import(@Req() request: CallerRequest, @Res() reply: FastifyReply): void {
    const body = request.body as IncomingMessage;
    // Left open at an early end: the answer to it still has to go out on the same connection.
    const chunks = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    const lines = this.importStream.run(callerOf(request), { chunks, assertWelcome: this.welcome(request) });
    reply.raw.setTimeout(this.limits.stalledMilliseconds, () => reply.raw.destroy());
    void reply
      .header('Content-Type', NDJSON)
      .send(Readable.from(begunAtOnce(reply, lines), { objectMode: false }));
  }

  /** Asks whether the caller still is welcome, every so often. */
  private welcome(request: CallerRequest): () => Promise<void> {
    let askedAt = this.clock.now().getTime();
    return async () => {
      const now = this.clock.now().getTime();
      if (now - askedAt < this.limits.welcomeMilliseconds) return;
      askedAt = now;
      await this.stillGranted.assert(request);
    };
  }
}

/** Sends the headers before there is a line, so that the sender knows that it was let in. */
async function* begunAtOnce(reply: FastifyReply, lines: AsyncGenerator<string>): AsyncGenerator<string> {
  reply.raw.flushHeaders();
  yield* lines;
}
