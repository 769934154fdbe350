import { type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AccessTokens, type Grant, type TokenClaims } from '@personr/access';
import { DomainError } from '@personr/kernel';
import { type FastifyRequest } from 'fastify';
import { decodeProtectedHeader } from 'jose';
import { ExtractJwt, Strategy, type VerifiedCallback } from 'passport-jwt';

/** A key that is parsed already: jsonwebtoken takes it as it is, which passport-jwt's types do not know. */
type KeyDone = (error: unknown, key?: KeyObject & string) => void;

/** What passport-jwt calls with its verdict. */
type Verdict = {
  success: (grant: Grant) => void;
  fail: (why: unknown) => void;
  error: (error: Error) => void;
};

/**
 * Verifies bearer tokens: our keys by their name (ES256 and nothing else), our issuer, our audience, our clock. It
 * is asked directly, not by its name in passport's list, which is one for the whole process.
 */
@Injectable()
export class JwtStrategy extends Strategy {
  constructor(tokens: AccessTokens) {
    super(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKeyProvider: (_request: unknown, token: string, done: KeyDone) => {
          const key = verifierOf(tokens, token);
          if (key === null) done('no key of ours');
          else done(null, key as KeyObject & string);
        },
        algorithms: ['ES256'],
        issuer: tokens.issuer,
        audience: tokens.issuer,
        // The expiry is judged by the house's own clock, in `grantOf`.
        ignoreExpiration: true,
      },
      (claims: TokenClaims, done: VerifiedCallback) => {
        try {
          done(null, tokens.grantOf(claims));
        } catch (error) {
          done(error, false);
        }
      },
    );
  }

  /**
   * What the request's token grants, as it was issued: whether that still holds is `ConfirmGrant`'s to say. Asks no
   * database. Throws `CREDENTIAL_MISSING`, `CREDENTIAL_INVALID`, `TOKEN_EXPIRED`.
   */
  grantOf(request: FastifyRequest): Promise<Grant> {
    return new Promise((resolve, reject) => {
      const fail = (why: unknown): void => {
        reject(refusalOf(why));
      };
      const verdict: Verdict = { success: resolve, error: reject, fail };
      // Passport's own way: the verdict of each request goes to an object of that request alone.
      const once = Object.assign(Object.create(this) as this, verdict);
      once.authenticate(request as never, {});
    });
  }
}

function verifierOf(tokens: AccessTokens, token: string): KeyObject | null {
  try {
    return tokens.verifierOf(decodeProtectedHeader(token));
  } catch {
    return null;
  }
}

const refusalOf = (why: unknown): DomainError =>
  why instanceof Error && why.message === 'No auth token'
    ? new DomainError('CREDENTIAL_MISSING', 'This route needs a bearer token. POST /oauth/token gives one.')
    : new DomainError('CREDENTIAL_INVALID', 'The bearer token is not one of ours.');
