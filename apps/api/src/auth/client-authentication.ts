import { Injectable } from '@nestjs/common';
import {
  ASSERTION_TYPE,
  AuthenticateAssertion,
  AuthenticateClient,
  type AuthMethod,
  type Grant,
} from '@personr/access';
import { DomainError } from '@personr/kernel';
import { basicCredentials } from './basic-credentials.js';
import { type TokenBody } from './token.dto.js';

/** What a client may do that has signed in, and how it did. */
export type SignedIn = { readonly grant: Grant; readonly method: AuthMethod };

/** Knows the client that asks for a token: by HTTP Basic, or by an assertion in the form. */
@Injectable()
export class ClientAuthentication {
  constructor(
    private readonly bySecret: AuthenticateClient,
    private readonly byAssertion: AuthenticateAssertion,
  ) {}

  /**
   * What the client may do. Throws `CREDENTIAL_AMBIGUOUS` for both ways at once (RFC 6749, section 2.3),
   * `CREDENTIAL_MISSING` for neither, `CREDENTIAL_INVALID`.
   */
  async run(authorization: string | undefined, body: TokenBody): Promise<SignedIn> {
    const { client_id: clientId, client_assertion: assertion, client_assertion_type: type } = body;
    if (assertion === undefined && type === undefined) {
      const grant = await this.authenticateBasic(authorization, clientId);
      return { grant, method: 'client_secret_basic' };
    }
    if (authorization !== undefined) {
      throw new DomainError('CREDENTIAL_AMBIGUOUS', 'Send either an Authorization header or an assertion.');
    }
    if (assertion === undefined || type !== ASSERTION_TYPE) {
      throw new DomainError(
        'CREDENTIAL_MISSING',
        `Send client_assertion, and client_assertion_type ${ASSERTION_TYPE}.`,
      );
    }
    return { grant: await this.byAssertion.run({ assertion, clientId }), method: 'private_key_jwt' };
  }

  private authenticateBasic(authorization: string | undefined, named: string | undefined): Promise<Grant> {
    const { clientId, clientSecret } = basicCredentials(authorization);
    if (named !== undefined && named !== clientId) {
      throw new DomainError('CREDENTIAL_AMBIGUOUS', 'client_id names another client than the credential.');
    }
    return this.bySecret.run(clientId, clientSecret);
  }
}
