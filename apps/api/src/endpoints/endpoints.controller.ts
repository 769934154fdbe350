import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  ChallengeEndpoint,
  type Endpoint,
  FindEndpoints,
  ProveEndpoint,
  RegisterEndpoint,
  RevokeEndpoint,
} from '@personr/delivery';
import { ActOnce } from '@personr/idempotency';
import { parseId } from '@personr/kernel';
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
import { ApiId } from '../terms/terms.ids.js';
import { NewEndpointBody, ProofBody } from './endpoints.dto.js';
import { EndpointPageView, EndpointView, toEndpointView } from './endpoints.view.js';
import { toNewEndpoint } from './to-new-endpoint.js';

const SHOW_PROBLEMS = [...TOKEN_PROBLEMS, ...VAULT_PROBLEMS, 'KEY_SHREDDED'] as const;
const ONE_PROBLEMS = [...SHOW_PROBLEMS, 'ID_MALFORMED', 'ENDPOINT_NOT_FOUND'] as const;
const OPEN_PROBLEMS = [...ONE_PROBLEMS, 'ENDPOINT_REVOKED', 'ILLEGAL_TRANSITION'] as const;

/** Where a tenant has packages sent. */
@ApiTags('endpoints')
@ApiBearerAuth('token')
@Controller('v1/endpoints')
export class EndpointsController {
  constructor(
    private readonly registerEndpoint: RegisterEndpoint,
    private readonly challengeEndpoint: ChallengeEndpoint,
    private readonly proveEndpoint: ProveEndpoint,
    private readonly revokeEndpoint: RevokeEndpoint,
    private readonly findEndpoints: FindEndpoints,
    private readonly actOnce: ActOnce,
  ) {}

  @Post()
  @Needs('admin')
  @ApiOperation({ operationId: 'registerEndpoint', summary: 'Register where packages may be sent' })
  @ApiIdempotent()
  @ApiResponse({
    status: 201,
    description: 'Registered, not proved yet.',
    type: EndpointView,
    headers: REPLAYED,
  })
  @ApiProblems(
    ...SHOW_PROBLEMS,
    ...BODY_PROBLEMS,
    ...KEY_PROBLEMS,
    'JSON_NOT_CANONICAL',
    'ENDPOINT_REFUSED',
    'ENDPOINT_NOT_FOUND',
  )
  async register(
    @CurrentCaller() caller: ClientCaller,
    @Body() body: NewEndpointBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EndpointView> {
    const given = toNewEndpoint(body);
    const { made, replayed } = await this.actOnce.run<Endpoint>(
      caller.tenantId,
      identityOf(caller, { act: 'registerEndpoint', body }),
      {
        act: (tx) => this.registerEndpoint.run(tx, caller, given),
        find: (id) => this.findEndpoints.byId(caller.tenantId, parseId(id)),
      },
    );
    markReplayed(reply, replayed);
    return toEndpointView(made);
  }

  @Get()
  @Needs('admin')
  @ApiOperation({ operationId: 'listEndpoints', summary: 'List endpoints, newest first' })
  @ApiResponse({ status: 200, description: 'A page.', type: EndpointPageView })
  @ApiProblems(...SHOW_PROBLEMS, ...LIST_PROBLEMS)
  async list(@CurrentCaller() { tenantId }: ClientCaller, @Query() query: PageQuery) {
    const page = { limit: query.limit + 1, after: afterOf<'endpoint'>(query) };
    return pageOf(await this.findEndpoints.page(tenantId, page), query, toEndpointView);
  }

  @Get(':id')
  @Needs('admin')
  @ApiOperation({ operationId: 'findEndpoint', summary: 'See an endpoint and how far its challenge is' })
  @ApiId('endpoint')
  @ApiResponse({ status: 200, description: 'As it stands.', type: EndpointView })
  @ApiProblems(...ONE_PROBLEMS)
  find(@CurrentCaller() { tenantId }: ClientCaller, @Param('id') id: string): Promise<EndpointView> {
    return this.shown({ tenantId }, id);
  }

  @Post(':id/challenge')
  @HttpCode(202)
  @Needs('admin')
  @ApiOperation({ operationId: 'challengeEndpoint', summary: 'Have a code written to the endpoint' })
  @ApiId('endpoint')
  @ApiResponse({ status: 202, description: 'It will be, shortly.', type: EndpointView })
  @ApiProblems(...OPEN_PROBLEMS)
  async challenge(@CurrentCaller() caller: ClientCaller, @Param('id') id: string): Promise<EndpointView> {
    await this.challengeEndpoint.run(caller, parseId(id));
    return this.shown(caller, id);
  }

  @Post(':id/proof')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({ operationId: 'proveEndpoint', summary: 'Show that the endpoint is yours' })
  @ApiId('endpoint')
  @ApiResponse({ status: 200, description: 'Proved: packages may be sent there.', type: EndpointView })
  @ApiProblems(...OPEN_PROBLEMS, ...BODY_PROBLEMS, 'CHALLENGE_NOT_OPEN', 'CHALLENGE_WRONG')
  async prove(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Body() { code }: ProofBody,
  ): Promise<EndpointView> {
    await this.proveEndpoint.run(caller, parseId(id), code);
    return this.shown(caller, id);
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({ operationId: 'revokeEndpoint', summary: 'End an endpoint for good, at once' })
  @ApiId('endpoint')
  @ApiResponse({ status: 200, description: 'Revoked, now or before.', type: EndpointView })
  @ApiProblems(...ONE_PROBLEMS)
  async revoke(@CurrentCaller() caller: ClientCaller, @Param('id') id: string): Promise<EndpointView> {
    await this.revokeEndpoint.run(caller, parseId(id));
    return this.shown(caller, id);
  }

  private async shown({ tenantId }: Pick<ClientCaller, 'tenantId'>, id: string): Promise<EndpointView> {
    return toEndpointView(await this.findEndpoints.byId(tenantId, parseId(id)));
  }
}
