import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AccessTokens, ALGORITHM_NAMES, AUTH_METHODS, SCOPES } from '@personr/access';
import { ApiProblems } from '../problem/problem.dto.js';
import { JwksView, MetadataView } from './discovery.view.js';
import { Open } from './token.guard.js';

/** Says where and how to sign in, and with which keys tokens are signed. */
@ApiTags('access')
@Open()
@Controller('.well-known')
export class DiscoveryController {
  constructor(private readonly tokens: AccessTokens) {}

  @Get('oauth-authorization-server')
  @Header('Cache-Control', 'public, max-age=3600')
  @ApiOperation({
    operationId: 'readAuthorizationServer',
    summary: 'Learn where and how to sign in',
    security: [],
  })
  @ApiResponse({ status: 200, description: 'Metadata (RFC 8414).', type: MetadataView })
  @ApiProblems()
  metadata(): MetadataView {
    const { issuer } = this.tokens;
    return {
      issuer,
      token_endpoint: `${issuer}/oauth/token`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      scopes_supported: [...SCOPES],
      // No authorization endpoint: clients act for themselves.
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: [...AUTH_METHODS],
      token_endpoint_auth_signing_alg_values_supported: [...ALGORITHM_NAMES],
      service_documentation: `${issuer}/docs`,
    };
  }

  @Get('jwks.json')
  @Header('Cache-Control', 'public, max-age=300')
  @Header('Content-Type', 'application/jwk-set+json')
  @ApiOperation({
    operationId: 'readTokenKeys',
    summary: 'Take the public keys that verify access tokens',
    security: [],
  })
  @ApiProduces('application/jwk-set+json')
  @ApiResponse({ status: 200, description: 'A key set (RFC 7517).', type: JwksView })
  @ApiProblems()
  keys(): JwksView {
    return { keys: this.tokens.publishedKeys() };
  }
}
