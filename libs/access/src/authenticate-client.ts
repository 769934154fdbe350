import { Injectable } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { parseClientId } from './client-id.js';
import { secretMatches } from './client-secret.js';
import { CredentialRefused } from './credential-refused.js';
import { findKnocking } from './directory.repository.js';
import { type Grant } from './grant.js';
import { isScope } from './scope.js';

/** Knows an API client by its id and secret. */
@Injectable()
export class AuthenticateClient {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns what the client may do. Throws `CREDENTIAL_INVALID` alike for an unknown client, a wrong or expired
   * secret, a client that signs in by key, a revoked one and a closed tenant, after the same work.
   */
  async run(clientId: string, clientSecret: string): Promise<Grant> {
    const name = parseClientId(clientId);
    if (name === null) throw new CredentialRefused('CLIENT');
    const client = await this.tenancy.askDirectory((tx) => findKnocking(tx, name, this.clock.now()));
    const hashes = (client?.secretHashes ?? []).map((hash) => Buffer.from(hash, 'hex'));
    const matches = secretMatches(clientSecret, hashes);
    if (client === null) throw new CredentialRefused('CLIENT');
    if (!matches) throw new CredentialRefused('SECRET').inNameOf(name);
    if (!client.mayKnock) throw new CredentialRefused('STANDING').inNameOf(name);
    return { tenantId: name.tenantId, clientId: name.id, scopes: client.scopes.filter(isScope) };
  }
}
