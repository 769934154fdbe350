import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ActOnce } from '@personr/idempotency';
import { EndHold, FindHolds, FindInstruction, HoldInstruction } from '@personr/instruction';
import { type InstructionId, parseId } from '@personr/kernel';
import { type Hold } from '@personr/subjects';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiIdempotent, REPLAYED } from '../http/idempotency.dto.js';
import { identityOf, markReplayed } from '../http/idempotency.js';
import { ShowInstruction } from '../instructions/show-instruction.js';
import {
  ApiProblems,
  BODY_PROBLEMS,
  HOLD_PROBLEMS,
  KEY_PROBLEMS,
  TOKEN_PROBLEMS,
} from '../problem/problem.dto.js';
import { ApiId } from '../terms/terms.ids.js';
import { HoldBody, InstructionReleaseBody, toNewHold } from './holds.dto.js';
import { HeldInstructionView, toHoldView } from './holds.view.js';

const ONE_PROBLEMS = [...TOKEN_PROBLEMS, ...BODY_PROBLEMS, 'ID_MALFORMED', 'INSTRUCTION_NOT_FOUND'] as const;

/** The acts by which an instruction is held back, and let go on. */
@ApiTags('instructions')
@ApiBearerAuth('token')
@Controller('v1/instructions/:id')
export class InstructionHoldsController {
  constructor(
    private readonly holdInstruction: HoldInstruction,
    private readonly endHold: EndHold,
    private readonly findHolds: FindHolds,
    private readonly findInstruction: FindInstruction,
    private readonly showInstruction: ShowInstruction,
    private readonly actOnce: ActOnce,
  ) {}

  @Post('hold')
  @HttpCode(200)
  @Needs('instructions:approve')
  @ApiOperation({
    operationId: 'holdInstruction',
    summary: 'Hold an instruction back, in whole or in part, on a legal ground',
  })
  @ApiIdempotent()
  @ApiId('instruction')
  @ApiResponse({
    status: 200,
    description: 'Held back; `hold.gone` says what it came too late for.',
    type: HeldInstructionView,
    headers: REPLAYED,
  })
  @ApiProblems(...ONE_PROBLEMS, ...KEY_PROBLEMS, ...HOLD_PROBLEMS, 'SUBJECT_NOT_FOUND', 'ILLEGAL_TRANSITION')
  async hold(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') text: string,
    @Body() body: HoldBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HeldInstructionView> {
    const id: InstructionId = parseId(text);
    const hold = toNewHold(body);
    const { made, replayed } = await this.actOnce.run<Hold>(
      caller.tenantId,
      identityOf(caller, { act: 'holdInstruction', body: { id, ...body } }),
      {
        act: (tx) => this.holdInstruction.run(tx, caller, { id, hold }),
        find: (holdId) => this.findHolds.byId(caller.tenantId, holdId),
      },
    );
    await this.holdInstruction.settle(caller.tenantId, made);
    markReplayed(reply, replayed);
    return this.shown(caller, id, made);
  }

  @Post('release-hold')
  @HttpCode(200)
  @Needs('instructions:approve')
  @ApiOperation({
    operationId: 'releaseInstructionHold',
    summary: "Release a hold on an instruction's subject; what waited for that goes on by itself",
  })
  @ApiId('instruction')
  @ApiResponse({
    status: 200,
    description: 'Released, now or for the same reason before.',
    type: HeldInstructionView,
  })
  @ApiProblems(...ONE_PROBLEMS, 'HOLD_NOT_FOUND', 'HOLD_ENDED')
  async release(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') text: string,
    @Body() { holdId, reason }: InstructionReleaseBody,
  ): Promise<HeldInstructionView> {
    const instructionId: InstructionId = parseId(text);
    const release = { id: parseId<'hold'>(holdId), reason, instructionId };
    return this.shown(caller, instructionId, await this.endHold.release(caller, release));
  }

  private async shown(caller: ClientCaller, id: InstructionId, hold: Hold): Promise<HeldInstructionView> {
    const view = await this.findInstruction.byId(caller.tenantId, id);
    return { ...(await this.showInstruction.run(caller, view)), hold: toHoldView(hold) };
  }
}
