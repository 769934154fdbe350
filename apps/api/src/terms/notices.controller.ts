import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ActOnce } from '@personr/idempotency';
import { parseId } from '@personr/kernel';
import { AddNotice, FindTerms, type NoticeVersion } from '@personr/terms';
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
import { NoticeBody, NoticePageView, NoticeView, toNoticeView } from './notices.dto.js';
import { ApiId } from './terms.ids.js';

/** The versions of the privacy notice as it holds for a tenant. */
@ApiTags('terms')
@ApiBearerAuth('token')
@Controller('v1/notices')
export class NoticesController {
  constructor(
    private readonly addNotice: AddNotice,
    private readonly findTerms: FindTerms,
    private readonly actOnce: ActOnce,
  ) {}

  @Post()
  @Needs('admin')
  @ApiOperation({ operationId: 'addNotice', summary: "Add a version of the notice, within the house's" })
  @ApiIdempotent()
  @ApiResponse({ status: 201, description: 'Added.', type: NoticeView, headers: REPLAYED })
  @ApiProblems(
    ...TOKEN_PROBLEMS,
    ...BODY_PROBLEMS,
    ...KEY_PROBLEMS,
    ...VAULT_PROBLEMS,
    'CATEGORY_NOT_IN_NOTICE',
    'PURPOSE_NOT_IN_NOTICE',
    'NOTICE_NOT_LATER',
    'NOTICE_NOT_FOUND',
  )
  async add(
    @CurrentCaller() caller: ClientCaller,
    @Body() body: NoticeBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NoticeView> {
    const { made, replayed } = await this.actOnce.run<NoticeVersion>(
      caller.tenantId,
      identityOf(caller, { act: 'addNotice', body }),
      {
        act: (tx) => this.addNotice.run(tx, caller, body),
        find: (id) => this.findTerms.notice(caller.tenantId, id),
      },
    );
    markReplayed(reply, replayed);
    return toNoticeView(await this.findTerms.inForce(caller.tenantId))(made);
  }

  @Get()
  @Needs('admin')
  @ApiOperation({ operationId: 'listNotices', summary: 'List versions, newest first, with their review' })
  @ApiResponse({ status: 200, description: 'A page.', type: NoticePageView })
  @ApiProblems(...TOKEN_PROBLEMS, ...LIST_PROBLEMS)
  async list(@CurrentCaller() { tenantId }: ClientCaller, @Query() query: PageQuery) {
    const page = { limit: query.limit + 1, after: afterOf<'notice-version'>(query) };
    const terms = await this.findTerms.inForce(tenantId);
    return pageOf(await this.findTerms.notices(tenantId, page), query, toNoticeView(terms));
  }

  @Get(':id')
  @Needs('admin')
  @ApiOperation({ operationId: 'findNotice', summary: 'See a version of the notice' })
  @ApiId('version')
  @ApiResponse({ status: 200, description: 'The version.', type: NoticeView })
  @ApiProblems(...TOKEN_PROBLEMS, 'ID_MALFORMED', 'NOTICE_NOT_FOUND')
  async find(@CurrentCaller() { tenantId }: ClientCaller, @Param('id') id: string): Promise<NoticeView> {
    const notice = await this.findTerms.notice(tenantId, parseId(id));
    return toNoticeView(await this.findTerms.inForce(tenantId))(notice);
  }
}
