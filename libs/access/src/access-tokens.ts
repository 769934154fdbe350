import { createPrivateKey, createPublicKey, type KeyObject, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { JwtService } from '@nestjs/jwt';
import { type ApiClientId, type Clock, DomainError, isId, parseId, type TenantId } from '@personr/kernel';
import { type Grant } from './grant.js';
import { isScope, type Scope } from './scope.js';

/** How long an access token lives. */
export const TOKEN_SECONDS = 600;

/** Where the signing key is (PKCS#8 PEM, P-256) and which URL names us in `iss` and `aud`. */
export type TokenOptions = { readonly keyFile: string; readonly issuer: string };

/** The claims of an access token (RFC 9068, section 2.2), as far as we use them. */
export type TokenClaims = {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly tenant: string;
  readonly scope: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
};

/** Issues access tokens (JWT, ES256) and says what a verified one grants. */
export class AccessTokens {
  private readonly jwt = new JwtService();
  private readonly privateKey: KeyObject;

  /** Throws `KEY_MALFORMED` unless the file holds a P-256 private key. */
  constructor(
    private readonly options: TokenOptions,
    private readonly clock: Clock,
  ) {
    this.privateKey = createPrivateKey(readFileSync(options.keyFile));
    if (this.privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
      throw new DomainError('KEY_MALFORMED', 'Access tokens are signed with a P-256 key.');
    }
  }

  /** The URL that tokens name as issuer and audience. */
  get issuer(): string {
    return this.options.issuer;
  }

  /** The public half of the signing key, in PEM, for whoever verifies tokens. */
  publicKeyPem(): string {
    return createPublicKey(this.privateKey).export({ type: 'spki', format: 'pem' }).toString();
  }

  /** Issues a token for the grant, of ten minutes. */
  issue(grant: Grant): Promise<string> {
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    const claims: TokenClaims = {
      iss: this.options.issuer,
      aud: this.options.issuer,
      sub: grant.clientId,
      tenant: grant.tenantId,
      scope: grant.scopes.join(' '),
      iat,
      exp: iat + TOKEN_SECONDS,
      jti: randomUUID(),
    };
    return this.jwt.signAsync(claims, {
      privateKey: this.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      algorithm: 'ES256',
    });
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
