import { Injectable } from '@nestjs/common';
import { AccessTokens, ConfirmGrant, type Grant, type TokenClaims } from '@personr/access';
import { type CallerRequest } from './caller.js';

/** Asks again, while a long request goes on, what the guard asked at its beginning. */
@Injectable()
export class StillGranted {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly confirmGrant: ConfirmGrant,
  ) {}

  /** What the token grants now. Throws what the guard would throw now, which has let the request in: `TOKEN_EXPIRED`, `CREDENTIAL_INVALID`. */
  async assert({ headers }: CallerRequest): Promise<Grant> {
    const [, payload = ''] = headers.authorization?.split('.') ?? [];
    // The signature was verified at the door.
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as TokenClaims;
    return this.confirmGrant.run(this.tokens.grantOf(claims));
  }
}
