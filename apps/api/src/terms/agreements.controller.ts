import { Body, Controller, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ActOnce } from '@personr/idempotency';
import { Clock, parseId } from '@personr/kernel';
import { AddAgreement, type Agreement, EndAgreement, FindTerms, type NewAgreement } from '@personr/terms';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiIfMatch, EDITION } from '../clients/clients.headers.js';
import { assertIfMatch, etagOf } from '../http/etag.js';
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
import { AgreementBody, AgreementEndBody } from './agreements.dto.js';
import { AgreementPageView, AgreementView, toAgreementView } from './agreements.view.js';
import { ApiId } from './terms.ids.js';

const ONE_PROBLEMS = [...TOKEN_PROBLEMS, 'ID_MALFORMED', 'AGREEMENT_NOT_FOUND'] as const;

/** The Service Provider Agreements of a tenant. */
@ApiTags('terms')
@ApiBearerAuth('token')
@Controller('v1/agreements')
export class AgreementsController {
  constructor(
    private readonly addAgreement: AddAgreement,
    private readonly endAgreement: EndAgreement,
    private readonly findTerms: FindTerms,
    private readonly actOnce: ActOnce,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Needs('admin')
  @ApiOperation({
    operationId: 'addAgreement',
    summary: 'Put an agreement on file; from its beginning on it supersedes the one before',
  })
  @ApiIdempotent()
  @ApiResponse({
    status: 201,
    description: 'On file.',
    type: AgreementView,
    headers: { ...REPLAYED, ...EDITION },
  })
  @ApiProblems(
    ...TOKEN_PROBLEMS,
    ...BODY_PROBLEMS,
    ...KEY_PROBLEMS,
    ...VAULT_PROBLEMS,
    'AGREEMENT_TERMS_INCOMPLETE',
    'AGREEMENT_NOT_LATER',
    'AGREEMENT_NOT_FOUND',
  )
  async add(
    @CurrentCaller() caller: ClientCaller,
    @Body() body: AgreementBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgreementView> {
    const given = toNewAgreement(body, this.clock.now());
    const { made, replayed } = await this.actOnce.run<Agreement>(
      caller.tenantId,
      identityOf(caller, { act: 'addAgreement', body }),
      {
        act: (tx) => this.addAgreement.run(tx, caller, given),
        find: (id) => this.findTerms.agreement(caller.tenantId, id),
      },
    );
    markReplayed(reply, replayed);
    return shown(made, reply);
  }

  @Get()
  @Needs('admin')
  @ApiOperation({ operationId: 'listAgreements', summary: 'List agreements, newest first' })
  @ApiResponse({ status: 200, description: 'A page.', type: AgreementPageView })
  @ApiProblems(...TOKEN_PROBLEMS, ...LIST_PROBLEMS)
  async list(@CurrentCaller() { tenantId }: ClientCaller, @Query() query: PageQuery) {
    const page = { limit: query.limit + 1, after: afterOf<'agreement'>(query) };
    return pageOf(await this.findTerms.agreements(tenantId, page), query, toAgreementView);
  }

  @Get(':id')
  @Needs('admin')
  @ApiOperation({ operationId: 'findAgreement', summary: 'See an agreement' })
  @ApiId('agreement')
  @ApiResponse({ status: 200, description: 'As it stands.', type: AgreementView, headers: EDITION })
  @ApiProblems(...ONE_PROBLEMS)
  async find(
    @CurrentCaller() { tenantId }: ClientCaller,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgreementView> {
    return shown(await this.findTerms.agreement(tenantId, parseId(id)), reply);
  }

  @Patch(':id')
  @Needs('admin')
  @ApiOperation({
    operationId: 'endAgreement',
    summary: 'End an agreement; nothing is erased by that, and DELETE and RETURN go on while it winds down',
  })
  @ApiId('agreement')
  @ApiIfMatch()
  @ApiResponse({ status: 200, description: 'Its end is set.', type: AgreementView, headers: EDITION })
  @ApiProblems(
    ...ONE_PROBLEMS,
    ...BODY_PROBLEMS,
    'PRECONDITION_REQUIRED',
    'PRECONDITION_FAILED',
    'AGREEMENT_ENDED',
    'AGREEMENT_END_INVALID',
  )
  async end(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Body() body: AgreementEndBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgreementView> {
    const assertEdition = (edition: number): void => {
      assertIfMatch(reply.request.headers['if-match'], edition);
    };
    const end = {
      id: parseId<'agreement'>(id),
      effectiveTo: new Date(body.effectiveTo),
      assertEdition,
    };
    return shown(await this.endAgreement.run(caller, end), reply);
  }
}

const toNewAgreement = (body: AgreementBody, now: Date): NewAgreement => ({
  effectiveFrom: body.effectiveFrom === undefined ? now : new Date(body.effectiveFrom),
  effectiveTo:
    body.effectiveTo === undefined || body.effectiveTo === null ? null : new Date(body.effectiveTo),
  windDownDays: body.windDownDays,
  purposes: body.purposes,
  checklist: body.checklist,
  annexes: body.annexes ?? [],
});

/** Shows an agreement, with its edition. */
function shown(agreement: Agreement, reply: FastifyReply): AgreementView {
  void reply.header('ETag', etagOf(agreement.edition));
  return toAgreementView(agreement);
}
