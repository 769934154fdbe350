import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type CallerRequest, callerOf } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { LineExchanges } from '../exchange/line-exchanges.js';
import { NDJSON, TakesStream } from '../http/takes-stream.js';
import { ApiImport } from './import.docs.js';
import { ImportStream } from './import-stream.js';

/** Takes many people in over one request. */
@ApiTags('subjects')
@ApiBearerAuth('token')
@Controller('v1/subjects/import')
export class ImportController {
  constructor(
    private readonly importStream: ImportStream,
    private readonly exchanges: LineExchanges,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('subjects:write')
  @TakesStream(NDJSON)
  @ApiImport()
  import(@Req() request: CallerRequest, @Res() reply: FastifyReply): void {
    this.exchanges.answer(request, reply, this.importStream.exchange(callerOf(request)));
  }
}
