import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { AccessTokens, type Grant, type TokenClaims } from '@personr/access';
import { ExtractJwt, Strategy } from 'passport-jwt';

/** Verifies bearer tokens: our signature (ES256 and nothing else), our issuer, our audience, our clock. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(private readonly tokens: AccessTokens) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: tokens.publicKeyPem(),
      algorithms: ['ES256'],
      issuer: tokens.issuer,
      audience: tokens.issuer,
      // The expiry is judged by the house's own clock, in `grantOf`.
      ignoreExpiration: true,
    });
  }

  /** What the verified claims grant. Throws `TOKEN_EXPIRED`, `CREDENTIAL_INVALID`. */
  validate(claims: TokenClaims): Grant {
    return this.tokens.grantOf(claims);
  }
}
