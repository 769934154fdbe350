import { Injectable } from '@nestjs/common';
import { Tenancy } from '@personr/tenancy';
import { CredentialRefused } from './credential-refused.js';
import { findStanding } from './directory.repository.js';
import { type Grant } from './grant.js';

/** Asks with every request whether what a token grants still holds. Nothing is kept from one request to the next. */
@Injectable()
export class ConfirmGrant {
  constructor(private readonly tenancy: Tenancy) {}

  /**
   * What is left of the grant: the scopes of the token that the client still holds. Throws `CREDENTIAL_INVALID`
   * when the client is revoked, its tenant closed, or nothing of the grant left. One round trip.
   */
  async run(grant: Grant): Promise<Grant> {
    const { tenantId, clientId: id } = grant;
    const held = await this.tenancy.askDirectory((tx) => findStanding(tx, { tenantId, id }));
    const scopes = grant.scopes.filter((scope) => held?.includes(scope) === true);
    if (held === null || scopes.length === 0) {
      throw new CredentialRefused('STANDING', 'The bearer token is no longer good.');
    }
    return { ...grant, scopes };
  }
}
