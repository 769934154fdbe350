import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ActOnce } from '@personr/idempotency';
import { EndHold, FindHolds, PlaceHold } from '@personr/instruction';
import { parseId } from '@personr/kernel';
import { type Hold } from '@personr/subjects';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiIdempotent, REPLAYED } from '../http/idempotency.dto.js';
import { identityOf, markReplayed } from '../http/idempotency.js';
import { afterOf, pageOf } from '../http/paging.js';
import {
  ApiProblems,
  BODY_PROBLEMS,
  HOLD_PROBLEMS,
  KEY_PROBLEMS,
  LIST_PROBLEMS,
  TOKEN_PROBLEMS,
} from '../problem/problem.dto.js';
import { ApiId } from '../terms/terms.ids.js';
import { HoldQuery, ReleaseBody, SubjectHoldBody, toNewHold } from './holds.dto.js';
import { HoldPageView, HoldView, toHoldView } from './holds.view.js';

const ONE_PROBLEMS = [...TOKEN_PROBLEMS, 'ID_MALFORMED', 'HOLD_NOT_FOUND'] as const;

/** What a tenant keeps from being erased, and why. */
@ApiTags('holds')
@ApiBearerAuth('token')
@Controller('v1/holds')
export class HoldsController {
  constructor(
    private readonly placeHold: PlaceHold,
    private readonly endHold: EndHold,
    private readonly findHolds: FindHolds,
    private readonly actOnce: ActOnce,
  ) {}

  @Post()
  @Needs('admin')
  @ApiOperation({ operationId: 'placeHold', summary: 'Keep from being erased what a legal ground keeps' })
  @ApiIdempotent()
  @ApiResponse({ status: 201, description: 'Placed.', type: HoldView, headers: REPLAYED })
  @ApiProblems(...TOKEN_PROBLEMS, ...BODY_PROBLEMS, ...KEY_PROBLEMS, ...HOLD_PROBLEMS, 'SUBJECT_NOT_FOUND')
  async place(
    @CurrentCaller() caller: ClientCaller,
    @Body() body: SubjectHoldBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HoldView> {
    const hold = { ...toNewHold(body), subjectId: parseId<'subject'>(body.subjectId) };
    const { made, replayed } = await this.actOnce.run<Hold>(
      caller.tenantId,
      identityOf(caller, { act: 'placeHold', body }),
      {
        act: (tx) => this.placeHold.run(tx, caller, { hold, instruction: null }),
        find: (id) => this.findHolds.byId(caller.tenantId, id),
      },
    );
    await this.placeHold.settle(caller.tenantId, made);
    markReplayed(reply, replayed);
    return toHoldView(made);
  }

  @Get()
  @Needs('admin')
  @ApiOperation({ operationId: 'listHolds', summary: 'List holds, newest first' })
  @ApiResponse({ status: 200, description: 'A page.', type: HoldPageView })
  @ApiProblems(...TOKEN_PROBLEMS, ...LIST_PROBLEMS)
  async list(@CurrentCaller() { tenantId }: ClientCaller, @Query() query: HoldQuery) {
    const { subjectId } = query;
    const only = subjectId === undefined ? {} : { subjectId: parseId<'subject'>(subjectId) };
    const page = { limit: query.limit + 1, after: afterOf<'hold'>(query), ...only };
    return pageOf(await this.findHolds.page(tenantId, page), query, toHoldView);
  }

  @Get(':id')
  @Needs('admin')
  @ApiOperation({ operationId: 'findHold', summary: 'See a hold' })
  @ApiId('hold')
  @ApiResponse({ status: 200, description: 'As it stands.', type: HoldView })
  @ApiProblems(...ONE_PROBLEMS)
  async find(@CurrentCaller() { tenantId }: ClientCaller, @Param('id') id: string): Promise<HoldView> {
    return toHoldView(await this.findHolds.byId(tenantId, parseId(id)));
  }

  @Post(':id/release')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({
    operationId: 'releaseHold',
    summary: 'Release a hold before its time; what it kept back from an erasure is erased then, by itself',
  })
  @ApiId('hold')
  @ApiResponse({
    status: 200,
    description: 'Released, now or for the same reason before.',
    type: HoldView,
  })
  @ApiProblems(...ONE_PROBLEMS, ...BODY_PROBLEMS, 'HOLD_ENDED')
  async release(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Body() { reason }: ReleaseBody,
  ): Promise<HoldView> {
    return toHoldView(await this.endHold.release(caller, { id: parseId<'hold'>(id), reason }));
  }
}
