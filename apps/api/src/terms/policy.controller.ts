import { Body, Controller, Get, Patch, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ActOnce } from '@personr/idempotency';
import { ChangePolicy, FindTerms, type PolicyVersion } from '@personr/terms';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiIfMatch, EDITION } from '../clients/clients.headers.js';
import { assertIfMatch, etagOf } from '../http/etag.js';
import { afterOf, pageOf, PageQuery } from '../http/paging.js';
import { ApiProblems, BODY_PROBLEMS, LIST_PROBLEMS, TOKEN_PROBLEMS } from '../problem/problem.dto.js';
import { PolicyBody } from './policy.dto.js';
import { PolicyPageView, PolicyView, toPolicyView } from './policy.view.js';

/** The values a tenant is judged by. */
@ApiTags('terms')
@ApiBearerAuth('token')
@Controller('v1/policy')
export class PolicyController {
  constructor(
    private readonly changePolicy: ChangePolicy,
    private readonly findTerms: FindTerms,
    private readonly actOnce: ActOnce,
  ) {}

  @Get()
  @Needs('admin')
  @ApiOperation({ operationId: 'readPolicy', summary: 'See the values in force' })
  @ApiResponse({ status: 200, description: 'The edition in force.', type: PolicyView, headers: EDITION })
  @ApiProblems(...TOKEN_PROBLEMS)
  async read(
    @CurrentCaller() { tenantId }: ClientCaller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyView> {
    return shown(await this.findTerms.policy(tenantId), reply);
  }

  @Patch()
  @Needs('admin')
  @ApiOperation({
    operationId: 'changePolicy',
    summary: 'Change values from now on; what was judged before stays judged as it was',
  })
  @ApiIfMatch()
  @ApiResponse({
    status: 200,
    description: 'The next edition, in force.',
    type: PolicyView,
    headers: EDITION,
  })
  @ApiProblems(
    ...TOKEN_PROBLEMS,
    ...BODY_PROBLEMS,
    'POLICY_BELOW_LAW',
    'PRECONDITION_REQUIRED',
    'PRECONDITION_FAILED',
  )
  async change(
    @CurrentCaller() caller: ClientCaller,
    @Body() { values: changes }: PolicyBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyView> {
    const assertEdition = (edition: number): void => {
      assertIfMatch(reply.request.headers['if-match'], edition);
    };
    const { made } = await this.actOnce.run<PolicyVersion>(caller.tenantId, null, {
      act: (tx) => this.changePolicy.run(tx, caller, { changes, assertEdition }),
      find: () => Promise.reject(new Error('a change has no key')),
    });
    return shown(made, reply);
  }

  @Get('versions')
  @Needs('admin')
  @ApiOperation({ operationId: 'listPolicyVersions', summary: 'List editions, newest first' })
  @ApiResponse({ status: 200, description: 'A page.', type: PolicyPageView })
  @ApiProblems(...TOKEN_PROBLEMS, ...LIST_PROBLEMS)
  async list(@CurrentCaller() { tenantId }: ClientCaller, @Query() query: PageQuery) {
    const page = { limit: query.limit + 1, after: afterOf<'policy-version'>(query) };
    return pageOf(await this.findTerms.policies(tenantId, page), query, toPolicyView);
  }
}

/** Shows an edition, with its tag. */
function shown(policy: PolicyVersion | null, reply: FastifyReply): PolicyView {
  const view = toPolicyView(policy);
  void reply.header('ETag', etagOf(view.edition));
  return view;
}
