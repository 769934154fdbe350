import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { AccessTokens, ConfirmGrant, type Grant, type TokenClaims } from '@personr/access';
import { decodeProtectedHeader } from 'jose';
import { ExtractJwt, Strategy } from 'passport-jwt';

/** Verifies bearer tokens: our keys by their name (ES256 and nothing else), our issuer, our audience, our clock. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly confirmGrant: ConfirmGrant,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request: unknown, token: string, done: KeyDone) => {
        const key = verifierOf(tokens, token);
        if (key === null) done('no key of ours');
        else done(null, key);
      },
      algorithms: ['ES256'],
      issuer: tokens.issuer,
      audience: tokens.issuer,
      // The expiry is judged by the house's own clock, in `grantOf`.
      ignoreExpiration: true,
    });
  }

  /**
   * What the verified claims grant and still holds: a client that was revoked since is refused here. Throws
   * `TOKEN_EXPIRED`, `CREDENTIAL_INVALID`.
   */
  validate(claims: TokenClaims): Promise<Grant> {
    return this.confirmGrant.run(this.tokens.grantOf(claims));
  }
}

type KeyDone = (error: unknown, key?: string) => void;

function verifierOf(tokens: AccessTokens, token: string): string | null {
  try {
    return tokens.verifierOf(decodeProtectedHeader(token));
  } catch {
    return null;
  }
}
