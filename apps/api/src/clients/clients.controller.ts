import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  type ApiClient,
  ChangeApiClient,
  CreateApiClient,
  FindApiClient,
  KeySetFetcher,
  RevokeApiClient,
} from '@personr/access';
import { DomainError, parseId } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
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
import { ApiClientChangeBody, NewApiClientBody } from './clients.dto.js';
import { ApiClientPageView, ApiClientView, CreatedApiClientView, toClientView } from './clients.view.js';
import { ApiClientId, ApiIfMatch, EDITION } from './clients.headers.js';
import { toKeySet } from './to-key-set.js';

const ONE_PROBLEMS = [...TOKEN_PROBLEMS, 'ID_MALFORMED', 'API_CLIENT_NOT_FOUND'] as const;
const CREATE_PROBLEMS = [...TOKEN_PROBLEMS, ...BODY_PROBLEMS, ...KEY_PROBLEMS, ...VAULT_PROBLEMS] as const;

/** The machines that may call for a tenant. */
@ApiTags('access')
@ApiBearerAuth('token')
@Controller('v1/api-clients')
export class ClientsController {
  constructor(
    private readonly createApiClient: CreateApiClient,
    private readonly findApiClient: FindApiClient,
    private readonly changeApiClient: ChangeApiClient,
    private readonly revokeApiClient: RevokeApiClient,
    private readonly fetcher: KeySetFetcher,
  ) {}

  @Post()
  @Needs('admin')
  @ApiOperation({
    operationId: 'createApiClient',
    summary: 'Register a client, with a secret or with keys of its own',
  })
  @ApiIdempotent()
  @ApiResponse({
    status: 201,
    description: 'Registered. Without `jwks` and `jwksUri` it gets a secret, shown here once.',
    type: CreatedApiClientView,
    headers: { ...EDITION, ...REPLAYED },
  })
  @ApiProblems(...CREATE_PROBLEMS, 'KEY_SET_REFUSED', 'SCOPE_NOT_GRANTABLE', 'API_CLIENT_NOT_FOUND')
  async create(
    @CurrentCaller() caller: ClientCaller,
    @Body() body: NewApiClientBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedApiClientView> {
    const { name, scopes } = body;
    const keySet = toKeySet(body, this.fetcher);
    const request = identityOf(caller, { act: 'createApiClient', body });
    const created = await this.createApiClient.run(caller, { name, scopes, keySet }, request);
    markReplayed(reply, created.replayed);
    void reply.header('Cache-Control', 'no-store');
    const view = shown(created.client, reply);
    return created.clientSecret === null ? view : { ...view, clientSecret: created.clientSecret };
  }

  @Get()
  @Needs('admin')
  @ApiOperation({ operationId: 'listApiClients', summary: 'List clients, newest first' })
  @ApiResponse({ status: 200, description: 'A page.', type: ApiClientPageView })
  @ApiProblems(...TOKEN_PROBLEMS, ...LIST_PROBLEMS)
  async list(@CurrentCaller() { tenantId }: ClientCaller, @Query() query: PageQuery) {
    const page = { limit: query.limit + 1, after: afterOf<'api-client'>(query) };
    return pageOf(await this.findApiClient.page(tenantId, page), query, toClientView);
  }

  @Get(':id')
  @Needs('admin')
  @ApiOperation({ operationId: 'findApiClient', summary: 'See a client' })
  @ApiClientId()
  @ApiResponse({ status: 200, description: 'As it stands.', type: ApiClientView, headers: EDITION })
  @ApiProblems(...ONE_PROBLEMS)
  async find(
    @CurrentCaller() { tenantId }: ClientCaller,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApiClientView> {
    return shown(await this.findApiClient.byId(tenantId, parseId(id)), reply);
  }

  @Patch(':id')
  @Needs('admin')
  @ApiOperation({ operationId: 'changeApiClient', summary: 'Change the name, scopes or keys of a client' })
  @ApiClientId()
  @ApiIfMatch()
  @ApiResponse({ status: 200, description: 'Changed, from now on.', type: ApiClientView, headers: EDITION })
  @ApiProblems(
    ...ONE_PROBLEMS,
    ...BODY_PROBLEMS,
    'PRECONDITION_REQUIRED',
    'PRECONDITION_FAILED',
    'API_CLIENT_REVOKED',
    'CLIENT_METHOD_MISMATCH',
    'KEY_SET_REFUSED',
    'LAST_ADMIN',
    'SCOPE_NOT_GRANTABLE',
  )
  async change(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Body() body: ApiClientChangeBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApiClientView> {
    const { name, scopes } = body;
    const keySet = toKeySet(body, this.fetcher);
    if (name === undefined && scopes === undefined && keySet === undefined) {
      throw new DomainError('VALIDATION_FAILED', 'Send at least one member to change.');
    }
    const assertEdition = (edition: number): void => {
      assertIfMatch(reply.request.headers['if-match'], edition);
    };
    const change = { id: parseId<'api-client'>(id), name, scopes, keySet, assertEdition };
    return shown(await this.changeApiClient.run(caller, change), reply);
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({
    operationId: 'revokeApiClient',
    summary: 'Revoke a client for good; its tokens are refused from now on',
  })
  @ApiClientId()
  @ApiResponse({ status: 200, description: 'Revoked, now or before.', type: ApiClientView, headers: EDITION })
  @ApiProblems(...ONE_PROBLEMS, 'LAST_ADMIN')
  async revoke(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApiClientView> {
    return shown(await this.revokeApiClient.run(caller, parseId(id)), reply);
  }
}

/** Shows a client, with its edition. */
function shown(client: ApiClient, reply: FastifyReply): ApiClientView {
  void reply.header('ETag', etagOf(client.edition));
  return toClientView(client);
}
