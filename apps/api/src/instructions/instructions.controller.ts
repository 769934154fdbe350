import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AcceptInstruction, FindInstruction } from '@personr/instruction';
import { parseId } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { Idempotency, markReplayed } from '../http/idempotency.js';
import { afterOf, pageOf } from '../http/paging.js';
import { ApiProblems } from '../problem/problem.dto.js';
import { AwaitReceipt } from './await-receipt.js';
import { InstructionBody, InstructionQuery } from './instructions.dto.js';
import {
  InstructionPageView,
  InstructionView,
  toInstructionView,
  toSummaryView,
} from './instructions.view.js';
import { ReceiptView } from './receipt.view.js';
import { toNewInstruction } from './to-new-instruction.js';

/** What a tenant orders. */
@ApiTags('instructions')
@ApiBearerAuth('token')
@Controller('v1/instructions')
export class InstructionsController {
  constructor(
    private readonly acceptInstruction: AcceptInstruction,
    private readonly findInstruction: FindInstruction,
    private readonly awaitReceipt: AwaitReceipt,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Needs('instructions:write')
  @ApiOperation({ operationId: 'acceptInstruction', summary: 'Forward a written instruction' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: '1 to 255 visible characters.' })
  @ApiResponse({ status: 202, type: InstructionView, headers: { Location: { schema: { type: 'string' } } } })
  @ApiResponse({ status: 200, type: InstructionView, description: 'The subject is erased already.' })
  @ApiProblems(400, 401, 403, 404, 409, 413, 415, 422)
  async accept(
    @CurrentCaller() caller: ClientCaller,
    @Body() body: InstructionBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstructionView> {
    const order = toNewInstruction(body);
    const request = await this.idempotency.of(caller, { act: 'acceptInstruction', body });
    const accepted = await this.acceptInstruction.run(caller, order, request);
    const { outcome } = accepted;
    const view = toInstructionView(accepted.view);
    markReplayed(reply, outcome === 'REPLAYED');
    void reply.header('Location', `/v1/instructions/${view.id}`);
    void reply.status(outcome === 'ALREADY_ERASED' ? 200 : 202);
    return outcome === 'ALREADY_ERASED' ? { ...view, code: 'ALREADY_ERASED' } : view;
  }

  @Get()
  @Needs('instructions:read')
  @ApiOperation({ operationId: 'listInstructions', summary: 'List instructions, newest first' })
  @ApiResponse({ status: 200, type: InstructionPageView })
  @ApiProblems(400, 401, 403)
  async list(@CurrentCaller() { tenantId }: ClientCaller, @Query() query: InstructionQuery) {
    const { state, type } = query;
    const filters = { ...(state === undefined ? {} : { state }), ...(type === undefined ? {} : { type }) };
    const page = { limit: query.limit + 1, after: afterOf<'instruction'>(query), ...filters };
    return pageOf(await this.findInstruction.page(tenantId, page), query, toSummaryView);
  }

  @Get(':id')
  @Needs('instructions:read')
  @ApiOperation({ operationId: 'findInstruction', summary: 'See how far an instruction is' })
  @ApiResponse({ status: 200, type: InstructionView })
  @ApiProblems(400, 401, 403, 404)
  async find(@CurrentCaller() { tenantId }: ClientCaller, @Param('id') id: string): Promise<InstructionView> {
    return toInstructionView(await this.findInstruction.byId(tenantId, parseId(id)));
  }

  @Get(':id/receipt')
  @Needs('instructions:read')
  @ApiOperation({ operationId: 'readReceipt', summary: 'Take the receipt of an instruction that has ended' })
  @ApiProduces('application/json', 'text/plain')
  @ApiResponse({
    status: 200,
    content: {
      'application/json': { schema: { $ref: '#/components/schemas/ReceiptView' } },
      'text/plain': { schema: { type: 'string' } },
    },
  })
  @ApiProblems(400, 401, 403, 404, 409)
  async receipt(
    @CurrentCaller() { tenantId }: ClientCaller,
    @Param('id') id: string,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceiptView | string> {
    const { receipt, tlogProof } = await this.awaitReceipt.run(tenantId, parseId(id));
    void reply.header('Cache-Control', 'private');
    if (accept?.startsWith('text/plain') !== true) return { ...receipt };
    void reply.type('text/plain; charset=utf-8');
    return tlogProof;
  }
}
