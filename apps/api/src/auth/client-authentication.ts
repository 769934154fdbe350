import { Injectable } from '@nestjs/common';
import {
  ASSERTION_TYPE,
  AuthenticateAssertion,
  AuthenticateClient,
  CredentialRefused,
  type Grant,
} from '@personr/access';
import { DomainError } from '@personr/kernel';
import { basicCredentials } from './basic-credentials.js';
import { RefusedCredentials } from './refused-credentials.js';
import { type TokenBody } from './token.dto.js';

/** Knows the client that asks for a token: by HTTP Basic, or by an assertion in the form. */
@Injectable()
export class ClientAuthentication {
  constructor(
    private readonly bySecret: AuthenticateClient,
    private readonly byAssertion: AuthenticateAssertion,
    private readonly refused: RefusedCredentials,
  ) {}

  /**
   * What the client may do. Throws `CREDENTIAL_AMBIGUOUS` for both ways at once (RFC 6749, section 2.3),
   * `CREDENTIAL_MISSING` for neither, `CREDENTIAL_INVALID`.
   */
  async run(authorization: string | undefined, body: TokenBody): Promise<Grant> {
    try {
      return await this.authenticate(authorization, body);
    } catch (error) {
      if (error instanceof CredentialRefused) this.refused.count(error);
      throw error;
    }
  }

  private authenticate(authorization: string | undefined, body: TokenBody): Promise<Grant> {
    const { client_id: clientId, client_assertion: assertion, client_assertion_type: type } = body;
    if (assertion === undefined && type === undefined) {
      return this.authenticateBasic(authorization, clientId);
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
    return this.byAssertion.run({ assertion, clientId });
  }

  private authenticateBasic(authorization: string | undefined, named: string | undefined): Promise<Grant> {
    const { clientId, clientSecret } = basicCredentials(authorization);
    if (named !== undefined && named !== clientId) {
      throw new DomainError('CREDENTIAL_AMBIGUOUS', 'client_id names another client than the credential.');
    }
    return this.bySecret.run(clientId, clientSecret);
  }
}
