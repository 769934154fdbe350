import { Body, Controller, Delete, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AddClientSecret, RemoveClientSecret } from '@personr/access';
import { DomainError, parseId } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiIdempotent, REPLAYED } from '../http/idempotency.dto.js';
import { identityOf, markReplayed } from '../http/idempotency.js';
import {
  ApiProblems,
  BODY_PROBLEMS,
  KEY_PROBLEMS,
  TOKEN_PROBLEMS,
  VAULT_PROBLEMS,
} from '../problem/problem.dto.js';
import { NewSecretBody } from './clients.dto.js';
import { ApiClientId } from './clients.headers.js';
import { CreatedSecretView, toSecretView } from './clients.view.js';

/** The secrets of a client that signs in with one. */
@ApiTags('access')
@ApiBearerAuth('token')
@Controller('v1/api-clients/:id/secrets')
export class ClientSecretsController {
  constructor(
    private readonly addClientSecret: AddClientSecret,
    private readonly removeClientSecret: RemoveClientSecret,
  ) {}

  @Post()
  @Needs('admin')
  @ApiOperation({
    operationId: 'addClientSecret',
    summary: 'Replace the secret of a client; the one before stays good for a while',
  })
  @ApiIdempotent()
  @ApiClientId()
  @ApiResponse({ status: 201, description: 'Made.', type: CreatedSecretView, headers: REPLAYED })
  @ApiProblems(
    ...TOKEN_PROBLEMS,
    ...BODY_PROBLEMS,
    ...KEY_PROBLEMS,
    ...VAULT_PROBLEMS,
    'ID_MALFORMED',
    'API_CLIENT_NOT_FOUND',
    'API_CLIENT_REVOKED',
    'CLIENT_METHOD_MISMATCH',
    'CLIENT_SECRETS_FULL',
    'CLIENT_SECRET_NOT_FOUND',
    'SCOPE_NOT_GRANTABLE',
  )
  async add(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Body() body: NewSecretBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedSecretView> {
    const replacement = { id: parseId<'api-client'>(id), overlapSeconds: body.overlapSeconds };
    const request = identityOf(caller, { act: 'addClientSecret', body: { id, ...body } });
    const added = await this.addClientSecret.run(caller, replacement, request);
    markReplayed(reply, added.replayed);
    void reply.header('Cache-Control', 'no-store');
    const secret = added.client.secrets.find((one) => one.id === added.secretId);
    if (secret === undefined) {
      throw new DomainError('CLIENT_SECRET_NOT_FOUND', 'The secret of that request is gone since.');
    }
    const view = toSecretView(secret);
    return added.clientSecret === null ? view : { ...view, clientSecret: added.clientSecret };
  }

  @Delete(':secretId')
  @HttpCode(204)
  @Needs('admin')
  @ApiOperation({ operationId: 'removeClientSecret', summary: 'Take a secret away, at once' })
  @ApiClientId()
  @ApiParam({
    name: 'secretId',
    description: 'Our id of the secret.',
    schema: { type: 'string', format: 'uuid' },
  })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems(
    ...TOKEN_PROBLEMS,
    'ID_MALFORMED',
    'API_CLIENT_NOT_FOUND',
    'CLIENT_SECRET_NOT_FOUND',
    'LAST_ADMIN',
  )
  async remove(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Param('secretId') secretId: string,
  ): Promise<void> {
    await this.removeClientSecret.run(caller, { clientId: parseId(id), id: parseId(secretId) });
  }
}
