import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Accepted, AcceptInstruction, AcceptLeaving, FindInstruction } from '@personr/instruction';
import { DomainError, parseId } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiIdempotent, REPLAYED } from '../http/idempotency.dto.js';
import { identityOf, markReplayed } from '../http/idempotency.js';
import { afterOf, pageOf } from '../http/paging.js';
import {
  ApiProblems,
  BODY_PROBLEMS,
  KEY_PROBLEMS,
  LIST_PROBLEMS,
  TOKEN_PROBLEMS,
  VAULT_PROBLEMS,
} from '../problem/problem.dto.js';
import { AwaitReceipt } from './await-receipt.js';
import { InstructionBody, InstructionQuery } from './instructions.dto.js';
import { InstructionPageView, InstructionView, toSummaryView } from './instructions.view.js';
import { ORDER_PROBLEMS } from './order-problems.js';
import { answerReceipt, RECEIPT_FORMS, ReceiptQuery } from './receipt.form.js';
import { type ReceiptView } from './receipt.view.js';
import { ShowInstruction } from './show-instruction.js';
import { toLeavingOrder, toNewInstruction } from './to-new-instruction.js';
import { INSTRUCTION_ID } from './instruction-id.js';

const LOCATION = {
  Location: { description: 'Where the instruction is.', schema: { type: 'string' as const } },
};

const ACCEPT_PROBLEMS = [
  ...TOKEN_PROBLEMS,
  ...BODY_PROBLEMS,
  ...KEY_PROBLEMS,
  ...VAULT_PROBLEMS,
  ...ORDER_PROBLEMS,
  'TENANT_LEAVING',
  'TRANSFER_NOT_ACKNOWLEDGED',
] as const;

const RECEIPT_PROBLEMS = [
  ...TOKEN_PROBLEMS,
  'ID_MALFORMED',
  'VALIDATION_FAILED',
  'UNKNOWN_MEMBER',
  'INSTRUCTION_NOT_FOUND',
  'NOT_FINISHED',
] as const;

/** What a tenant orders. */
@ApiTags('instructions')
@ApiBearerAuth('token')
@Controller('v1/instructions')
export class InstructionsController {
  constructor(
    private readonly acceptInstruction: AcceptInstruction,
    private readonly acceptLeaving: AcceptLeaving,
    private readonly findInstruction: FindInstruction,
    private readonly awaitReceipt: AwaitReceipt,
    private readonly showInstruction: ShowInstruction,
  ) {}

  @Post()
  @Needs('instructions:write')
  @ApiOperation({ operationId: 'acceptInstruction', summary: 'Forward a written instruction' })
  @ApiIdempotent()
  @ApiResponse({
    status: 202,
    description: 'Accepted; it is carried out by itself.',
    type: InstructionView,
    headers: { ...LOCATION, ...REPLAYED },
  })
  @ApiResponse({
    status: 200,
    description: 'The subject is erased already: this is the instruction that erased it.',
    type: InstructionView,
    headers: LOCATION,
  })
  @ApiProblems(...ACCEPT_PROBLEMS)
  async accept(
    @CurrentCaller() caller: ClientCaller,
    @Body() body: InstructionBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstructionView> {
    const accepted = await this.take(caller, body);
    const { outcome } = accepted;
    const view = await this.showInstruction.run(caller, accepted.view);
    markReplayed(reply, outcome === 'REPLAYED');
    void reply.header('Location', `/v1/instructions/${view.id}`);
    void reply.status(outcome === 'ALREADY_ERASED' ? 200 : 202);
    return outcome === 'ALREADY_ERASED' ? { ...view, code: 'ALREADY_ERASED' } : view;
  }

  /** Everything is erased on the order of who may administer the tenant. */
  private take(caller: ClientCaller, body: InstructionBody): Promise<Accepted> {
    const request = identityOf(caller, { act: 'acceptInstruction', body });
    if (body.subject.all === undefined)
      return this.acceptInstruction.run(caller, toNewInstruction(body), request);
    if (!caller.scopes.includes('admin'))
      throw new DomainError(
        'SCOPE_MISSING',
        'The order to erase or return everything needs the scope admin too.',
      );
    return this.acceptLeaving.run(caller, toLeavingOrder(body), request);
  }

  @Get()
  @Needs('instructions:read')
  @ApiOperation({ operationId: 'listInstructions', summary: 'List instructions, newest first' })
  @ApiResponse({ status: 200, description: 'A page.', type: InstructionPageView })
  @ApiProblems(...TOKEN_PROBLEMS, ...LIST_PROBLEMS)
  async list(@CurrentCaller() { tenantId }: ClientCaller, @Query() query: InstructionQuery) {
    const { state, type } = query;
    const filters = { ...(state === undefined ? {} : { state }), ...(type === undefined ? {} : { type }) };
    const page = { limit: query.limit + 1, after: afterOf<'instruction'>(query), ...filters };
    return pageOf(await this.findInstruction.page(tenantId, page), query, toSummaryView);
  }

  @Get(':id')
  @Needs('instructions:read')
  @ApiOperation({ operationId: 'findInstruction', summary: 'See how far an instruction is' })
  @ApiParam(INSTRUCTION_ID)
  @ApiResponse({ status: 200, description: 'As it stands.', type: InstructionView })
  @ApiProblems(...TOKEN_PROBLEMS, 'ID_MALFORMED', 'INSTRUCTION_NOT_FOUND')
  async find(@CurrentCaller() caller: ClientCaller, @Param('id') id: string): Promise<InstructionView> {
    return this.showInstruction.run(caller, await this.findInstruction.byId(caller.tenantId, parseId(id)));
  }

  @Get(':id/receipt')
  @Needs('instructions:read')
  @ApiOperation({ operationId: 'readReceipt', summary: 'Take the receipt of an instruction that has ended' })
  @ApiProduces('application/json', 'text/plain', 'text/html')
  @ApiParam(INSTRUCTION_ID)
  @ApiResponse(RECEIPT_FORMS)
  @ApiProblems(...RECEIPT_PROBLEMS)
  async receipt(
    @CurrentCaller() { tenantId }: ClientCaller,
    @Param('id') id: string,
    @Query() { format }: ReceiptQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceiptView | string> {
    const handed = await this.awaitReceipt.run(tenantId, parseId(id));
    return answerReceipt(reply, handed, { format, accept: reply.request.headers.accept });
  }
}
