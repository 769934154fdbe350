import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AcknowledgeTransfer, FindInstruction } from '@personr/instruction';
import { type InstructionId, parseId } from '@personr/kernel';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiProblems, BODY_PROBLEMS, TOKEN_PROBLEMS } from '../problem/problem.dto.js';
import { AcknowledgeBody, toAcknowledgement } from './acknowledge.dto.js';
import { InstructionView } from './instructions.view.js';
import { ShowInstruction } from './show-instruction.js';
import { INSTRUCTION_ID } from './instruction-id.js';

const PROBLEMS = [
  ...TOKEN_PROBLEMS,
  ...BODY_PROBLEMS,
  'ID_MALFORMED',
  'INSTRUCTION_NOT_FOUND',
  'INSTRUCTOR_NOT_AUTHORISED',
  'ILLEGAL_TRANSITION',
  'MANIFEST_MISMATCH',
  'RECEIPT_IN_FUTURE',
] as const;

/** The act by which a Business says that what was returned has arrived. */
@ApiTags('instructions')
@ApiBearerAuth('token')
@Controller('v1/instructions/:id')
export class AcknowledgeController {
  constructor(
    private readonly acknowledgeTransfer: AcknowledgeTransfer,
    private readonly findInstruction: FindInstruction,
    private readonly showInstruction: ShowInstruction,
  ) {}

  @Post('acknowledge')
  @HttpCode(200)
  @Needs('instructions:write')
  @ApiOperation({
    operationId: 'acknowledgeTransfer',
    summary: 'Say that a package that was returned has arrived; exactly what it holds is erased then',
  })
  @ApiParam(INSTRUCTION_ID)
  @ApiResponse({
    status: 200,
    description: 'Acknowledged, now or before by the same manifest.',
    type: InstructionView,
  })
  @ApiProblems(...PROBLEMS)
  async acknowledge(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') text: string,
    @Body() body: AcknowledgeBody,
  ): Promise<InstructionView> {
    const id: InstructionId = parseId(text);
    await this.acknowledgeTransfer.run(caller, toAcknowledgement(id, body));
    return this.showInstruction.run(caller, await this.findInstruction.byId(caller.tenantId, id));
  }
}
