import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { parseId } from '@personr/kernel';
import { FindConsents, GiveConsent, WithdrawConsent } from '@personr/subjects';
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
  ConsentBody,
  ConsentPageView,
  ConsentView,
  toConsentView,
  toNewConsent,
  WithdrawalBody,
} from './consents.dto.js';

const SUBJECT_ID = {
  name: 'id',
  description: 'Our id of the subject.',
  schema: { type: 'string' as const, format: 'uuid' },
};

/** What a subject agreed to. */
@ApiTags('subjects')
@ApiBearerAuth('token')
@Controller('v1/subjects/:id/consents')
export class ConsentsController {
  constructor(
    private readonly giveConsent: GiveConsent,
    private readonly withdrawConsent: WithdrawConsent,
    private readonly findConsents: FindConsents,
  ) {}

  @Post()
  @Needs('subjects:write')
  @ApiOperation({
    operationId: 'giveConsent',
    summary: 'Record what a person agreed to; a fact that is known already is answered as it stands',
  })
  @ApiIdempotent()
  @ApiParam(SUBJECT_ID)
  @ApiResponse({ status: 201, description: 'On record.', type: ConsentView, headers: REPLAYED })
  @ApiProblems(
    ...TOKEN_PROBLEMS,
    ...BODY_PROBLEMS,
    ...KEY_PROBLEMS,
    ...VAULT_PROBLEMS,
    'ID_MALFORMED',
    'AGREEMENT_NOT_IN_FORCE',
    'TENANT_LEAVING',
    'CONSENT_IN_FUTURE',
    'CONSENT_NOT_FOUND',
    'SUBJECT_NOT_FOUND',
    'SUBJECT_BEING_ERASED',
  )
  async give(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Body() body: ConsentBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsentView> {
    const given = { subjectId: parseId<'subject'>(id), consent: toNewConsent(body) };
    const request = identityOf(caller, { act: 'giveConsent', body: { id, ...body } });
    const { consent, replayed } = await this.giveConsent.run(caller, given, request);
    markReplayed(reply, replayed);
    return toConsentView(consent);
  }

  @Get()
  @Needs('subjects:read')
  @ApiOperation({ operationId: 'listConsents', summary: 'List what a person agreed to, newest first' })
  @ApiParam(SUBJECT_ID)
  @ApiResponse({ status: 200, description: 'A page.', type: ConsentPageView })
  @ApiProblems(...TOKEN_PROBLEMS, ...LIST_PROBLEMS, 'ID_MALFORMED', 'SUBJECT_NOT_FOUND')
  async list(
    @CurrentCaller() { tenantId }: ClientCaller,
    @Param('id') id: string,
    @Query() query: PageQuery,
  ) {
    const page = { limit: query.limit + 1, after: afterOf<'consent'>(query) };
    return pageOf(await this.findConsents.page(tenantId, parseId(id), page), query, toConsentView);
  }

  @Post(':consentId/withdrawal')
  @HttpCode(200)
  @Needs('subjects:write')
  @ApiOperation({
    operationId: 'withdrawConsent',
    summary: 'Record a withdrawal; from now on nothing more is taken in under the consent',
  })
  @ApiParam(SUBJECT_ID)
  @ApiParam({ name: 'consentId', schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({ status: 200, description: 'Withdrawn, now or before.', type: ConsentView })
  @ApiProblems(
    ...TOKEN_PROBLEMS,
    ...BODY_PROBLEMS,
    'ID_MALFORMED',
    'CONSENT_IN_FUTURE',
    'CONSENT_NOT_FOUND',
    'SUBJECT_NOT_FOUND',
    'SUBJECT_BEING_ERASED',
  )
  async withdraw(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Param('consentId') consentId: string,
    @Body() { withdrawnAt }: WithdrawalBody,
  ): Promise<ConsentView> {
    const withdrawal = {
      subjectId: parseId<'subject'>(id),
      consentId: parseId<'consent'>(consentId),
      withdrawnAt: new Date(withdrawnAt),
    };
    return toConsentView(await this.withdrawConsent.run(caller, withdrawal));
  }
}
