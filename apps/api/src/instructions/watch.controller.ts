import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { parseId } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { type CallerRequest } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiProblems, TOKEN_PROBLEMS } from '../problem/problem.dto.js';
import { InstructionStreams } from './instruction-streams.js';
import { WatchQuery } from './watch.dto.js';
import { INSTRUCTION_ID } from './instruction-id.js';

const EVENT_STREAM = 'text/event-stream';
const LAST_EVENT_ID = {
  name: 'Last-Event-ID',
  required: false,
  description: 'The id of the last event that you have seen: it is not told again.',
  schema: { type: 'string' as const },
};

/** Lets clients watch an instruction. */
@ApiTags('instructions')
@ApiBearerAuth('token')
@Controller('v1/instructions/:id/events')
export class WatchController {
  constructor(private readonly streams: InstructionStreams) {}

  @Get()
  @Needs('instructions:read')
  @ApiOperation({
    operationId: 'watchInstruction',
    summary: 'See how far an instruction is, while it goes on',
  })
  @ApiParam(INSTRUCTION_ID)
  @ApiHeader(LAST_EVENT_ID)
  @ApiResponse({
    status: 200,
    description: 'Server-sent events, each with the whole instruction as `findInstruction` shows it.',
    content: { [EVENT_STREAM]: { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 204, description: 'It has ended, and you have seen that. Do not come again.' })
  @ApiProblems(
    ...TOKEN_PROBLEMS,
    'ID_MALFORMED',
    'VALIDATION_FAILED',
    'UNKNOWN_MEMBER',
    'INSTRUCTION_NOT_FOUND',
  )
  async watch(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Query() { seconds }: WatchQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const seen = request.headers['last-event-id'];
    const lastEventId = typeof seen === 'string' ? seen : undefined;
    const events = await this.streams.open(request, reply, { id: parseId(id), lastEventId, seconds });
    await (events === null ? reply.status(204).send() : reply.type(EVENT_STREAM).send(events));
  }
}
