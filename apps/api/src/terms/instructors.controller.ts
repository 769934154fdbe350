import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ActOnce } from '@personr/idempotency';
import { Clock, parseId } from '@personr/kernel';
import { AddInstructor, FindTerms, type Instructor, RevokeInstructor } from '@personr/terms';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiIdempotent, REPLAYED } from '../http/idempotency.dto.js';
import { identityOf, markReplayed } from '../http/idempotency.js';
import { afterOf, pageOf, PageQuery } from '../http/paging.js';
import {
  ApiProblems,
  BODY_PROBLEMS,
  KEY_PROBLEMS,
  LIST_PROBLEMS,
  TOKEN_PROBLEMS,
  VAULT_PROBLEMS,
} from '../problem/problem.dto.js';
import {
  InstructorBody,
  InstructorPageView,
  InstructorView,
  toInstructorView,
  toNewInstructor,
} from './instructors.dto.js';
import { ApiId } from './terms.ids.js';

const SHOW_PROBLEMS = [...TOKEN_PROBLEMS, ...VAULT_PROBLEMS, 'KEY_SHREDDED'] as const;
const ONE_PROBLEMS = [...SHOW_PROBLEMS, 'ID_MALFORMED', 'INSTRUCTOR_NOT_FOUND'] as const;

/** Who may instruct for a tenant. */
@ApiTags('terms')
@ApiBearerAuth('token')
@Controller('v1/instructors')
export class InstructorsController {
  constructor(
    private readonly addInstructor: AddInstructor,
    private readonly revokeInstructor: RevokeInstructor,
    private readonly findTerms: FindTerms,
    private readonly actOnce: ActOnce,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Needs('admin')
  @ApiOperation({ operationId: 'addInstructor', summary: 'Authorise a person or a credential to instruct' })
  @ApiIdempotent()
  @ApiResponse({ status: 201, description: 'Authorised.', type: InstructorView, headers: REPLAYED })
  @ApiProblems(
    ...SHOW_PROBLEMS,
    ...BODY_PROBLEMS,
    ...KEY_PROBLEMS,
    'ID_MALFORMED',
    'API_CLIENT_NOT_FOUND',
    'INSTRUCTOR_NOT_FOUND',
  )
  async add(
    @CurrentCaller() caller: ClientCaller,
    @Body() body: InstructorBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstructorView> {
    const given = toNewInstructor(body, this.clock.now());
    const { made, replayed } = await this.actOnce.run<Instructor>(
      caller.tenantId,
      identityOf(caller, { act: 'addInstructor', body }),
      {
        act: (tx) => this.addInstructor.run(tx, caller, given),
        find: (id) => this.findTerms.instructor(caller.tenantId, id),
      },
    );
    markReplayed(reply, replayed);
    return toInstructorView(made);
  }

  @Get()
  @Needs('admin')
  @ApiOperation({ operationId: 'listInstructors', summary: 'List instructors, newest first' })
  @ApiResponse({ status: 200, description: 'A page.', type: InstructorPageView })
  @ApiProblems(...SHOW_PROBLEMS, ...LIST_PROBLEMS)
  async list(@CurrentCaller() { tenantId }: ClientCaller, @Query() query: PageQuery) {
    const page = { limit: query.limit + 1, after: afterOf<'instructor'>(query) };
    return pageOf(await this.findTerms.instructors(tenantId, page), query, toInstructorView);
  }

  @Get(':id')
  @Needs('admin')
  @ApiOperation({ operationId: 'findInstructor', summary: 'See an instructor' })
  @ApiId('instructor')
  @ApiResponse({ status: 200, description: 'As it stands.', type: InstructorView })
  @ApiProblems(...ONE_PROBLEMS)
  async find(@CurrentCaller() { tenantId }: ClientCaller, @Param('id') id: string): Promise<InstructorView> {
    return toInstructorView(await this.findTerms.instructor(tenantId, parseId(id)));
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({ operationId: 'revokeInstructor', summary: 'Take the authority away, at once' })
  @ApiId('instructor')
  @ApiResponse({ status: 200, description: 'Revoked, now or before.', type: InstructorView })
  @ApiProblems(...ONE_PROBLEMS)
  async revoke(@CurrentCaller() caller: ClientCaller, @Param('id') id: string): Promise<InstructorView> {
    const instructorId = parseId<'instructor'>(id);
    await this.revokeInstructor.run(caller, instructorId);
    return toInstructorView(await this.findTerms.instructor(caller.tenantId, instructorId));
  }
}
