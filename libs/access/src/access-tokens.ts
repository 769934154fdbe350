import { type KeyObject, randomUUID } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { type ApiClientId, type Clock, DomainError, isId, parseId, type TenantId } from '@personr/kernel';
import { clientIdOf } from './client-id.js';
import { type Grant } from './grant.js';
import { isScope, type Scope } from './scope.js';
import { type PublishedKey, TokenKeys } from './token-keys.js';

/** How long an access token lives. */
export const TOKEN_SECONDS = 600;

/** The `typ` of an access token (RFC 9068, section 2.1), which keeps any other JWT from passing as one. */
export const TOKEN_TYPE = 'at+jwt';

/** Where the keys are (see `TokenKeys.read`) and which URL names us in `iss` and `aud`. */
export type TokenOptions = { readonly keyFile: string; readonly issuer: string };

/** The claims of an access token (RFC 9068, section 2.2), as far as we use them. */
export type TokenClaims = {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly client_id: string;
  readonly tenant: string;
  readonly scope: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
};

/** Issues access tokens (JWT, ES256) and says what a verified one grants. */
export class AccessTokens {
  private readonly jwt = new JwtService();
  private readonly keys: TokenKeys;

  /** Throws what `TokenKeys.read` throws. */
  constructor(
    private readonly options: TokenOptions,
    private readonly clock: Clock,
  ) {
    this.keys = TokenKeys.read(options.keyFile);
  }

  /** The URL that tokens name as issuer and audience, and that clients name as the audience of their assertions. */
  get issuer(): string {
    return this.options.issuer;
  }

  /** The public keys that verify tokens, for whoever wants to. */
  publishedKeys(): PublishedKey[] {
    return this.keys.published();
  }

  /** The public half that verifies a token with this header; null when it can be none of ours. */
  verifierOf({ typ, kid }: { readonly typ?: unknown; readonly kid?: unknown }): KeyObject | null {
    return typ === TOKEN_TYPE && typeof kid === 'string' ? this.keys.verifierOf(kid) : null;
  }

  /** Issues a token for the grant, of ten minutes. */
  issue(grant: Grant): Promise<string> {
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    const { kid, privateKey } = this.keys.signer;
    const claims: TokenClaims = {
      iss: this.options.issuer,
      aud: this.options.issuer,
      sub: grant.clientId,
      client_id: clientIdOf({ tenantId: grant.tenantId, id: grant.clientId }),
      tenant: grant.tenantId,
      scope: grant.scopes.join(' '),
      iat,
      exp: iat + TOKEN_SECONDS,
      jti: randomUUID(),
    };
    const header = { alg: 'ES256', typ: TOKEN_TYPE, kid };
    return this.jwt.signAsync(claims, { privateKey, algorithm: 'ES256', header });
  }

  /** What the claims of a token with a right signature grant now. Throws `TOKEN_EXPIRED`, `CREDENTIAL_INVALID`. */
  grantOf(claims: Readonly<Partial<TokenClaims>>): Grant {
    const { exp, tenant = '', sub = '', scope } = claims;
    if (exp === undefined || scope === undefined || !isId(tenant) || !isId(sub)) {
      throw new DomainError('CREDENTIAL_INVALID', 'The access token is not one of ours.');
    }
    if (exp * 1000 <= this.clock.now().getTime()) {
      throw new DomainError('TOKEN_EXPIRED', 'The access token has expired. Ask for a new one.');
    }
    const tenantId: TenantId = parseId(tenant);
    const clientId: ApiClientId = parseId(sub);
    return { tenantId, clientId, scopes: scopesOf(scope) };
  }
}

const scopesOf = (scope: string): Scope[] => scope.split(' ').filter(isScope);
