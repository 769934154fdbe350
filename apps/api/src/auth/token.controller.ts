import { Body, Controller, Header, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AccessLog, AccessTokens, type Grant, TOKEN_SECONDS } from '@personr/access';
import { DomainError } from '@personr/kernel';
import { type FastifyRequest } from 'fastify';
import { ApiProblems, BODY_PROBLEMS } from '../problem/problem.dto.js';
import { TokenRates } from '../rates/token-rates.guard.js';
import { callerAs } from './caller.js';
import { ClientAuthentication } from './client-authentication.js';
import { Open } from './token.guard.js';
import { TokenBody, TokenView } from './token.dto.js';

const HOW = `A client signs in the one way it was registered for: with its secret, by HTTP Basic
(\`client_secret_basic\`; id and secret are form-encoded first), or with an assertion that it signs with its key
(\`private_key_jwt\`, RFC 7523): EdDSA (or Ed25519, its name in RFC 9864), ES256 or RS256; \`iss\` and \`sub\` are the client id, \`aud\` is the issuer of
\`/.well-known/oauth-authorization-server\` and nothing else, \`exp\` is at most five minutes ahead, \`jti\` is new each
time. A failure has the \`error\` of RFC 6749, section 5.2, beside the members of a problem document.`;

/** Hands out access tokens (RFC 6749, section 4.4). */
@ApiTags('access')
@Controller('oauth')
export class TokenController {
  constructor(
    private readonly authentication: ClientAuthentication,
    private readonly tokens: AccessTokens,
    private readonly log: AccessLog,
  ) {}

  @Post('token')
  @Open()
  @UseGuards(TokenRates)
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'issueToken',
    summary: 'Get an access token',
    description: HOW,
    security: [{ client: [] }, {}],
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiResponse({ status: 200, description: 'A token of ten minutes.', type: TokenView })
  @ApiProblems(
    ...BODY_PROBLEMS,
    'GRANT_UNSUPPORTED',
    'CREDENTIAL_MISSING',
    'CREDENTIAL_INVALID',
    'CREDENTIAL_AMBIGUOUS',
    'SCOPE_MISSING',
    'RATE_LIMITED',
  )
  async issue(@Req() request: FastifyRequest, @Body() body: TokenBody): Promise<TokenView> {
    if (body.grant_type !== 'client_credentials') {
      throw new DomainError('GRANT_UNSUPPORTED', 'grant_type must be client_credentials.');
    }
    const { grant: held, method } = await this.authentication.run(request.headers.authorization, body);
    // Known from here on: what it is refused now comes into its tenant's log.
    Object.assign(request, { user: held });
    const grant = narrow(held, body.scope);
    await this.log.granted(callerAs(request, held), { method, scopes: grant.scopes });
    return {
      access_token: await this.tokens.issue(grant),
      token_type: 'Bearer',
      expires_in: TOKEN_SECONDS,
      scope: grant.scopes.join(' '),
      tenant: grant.tenantId,
    };
  }
}

/** RFC 6749, section 3.3: a client may ask for less than it may have. Asking for more is `SCOPE_MISSING`. */
function narrow(grant: Grant, asked: string | undefined): Grant {
  if (asked === undefined) return grant;
  const wanted = asked.split(' ');
  const scopes = grant.scopes.filter((scope) => wanted.includes(scope));
  if (scopes.length < new Set(wanted).size) {
    throw new DomainError('SCOPE_MISSING', 'The client asked for a scope that it does not hold.');
  }
  return { ...grant, scopes };
}
