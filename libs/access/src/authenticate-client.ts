import { Injectable } from '@nestjs/common';
import { type ApiClientId, DomainError, isId, parseId, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { hashClientSecret, secretMatches } from './client-secret.js';
import { type Grant } from './grant.js';
import { isScope } from './scope.js';

const NOBODY = hashClientSecret('');

const invalid = (): DomainError =>
  new DomainError('CREDENTIAL_INVALID', 'The client id or the client secret is not right.');

/** Knows an API client by its id and secret. */
@Injectable()
export class AuthenticateClient {
  constructor(private readonly tenancy: Tenancy) {}

  /**
   * Returns what the client may do. Throws `CREDENTIAL_INVALID` alike for an unknown client, a wrong secret, a
   * revoked client and a closed tenant, after the same work.
   */
  async run(clientId: string, clientSecret: string): Promise<Grant> {
    const [tenantPart = '', clientPart = ''] = clientId.split('.');
    if (!isId(tenantPart) || !isId(clientPart)) throw invalid();
    const tenantId: TenantId = parseId(tenantPart);
    const id: ApiClientId = parseId(clientPart);
    const { client, tenant } = await this.tenancy.forDirectory(async (tx) => ({
      client: await tx.apiClient.findUnique({
        where: { tenantId_id: { tenantId, id } },
        select: { secretHash: true, scopes: true, revokedAt: true },
      }),
      tenant: await tx.tenant.findUnique({ where: { id: tenantId }, select: { state: true } }),
    }));
    const matches = secretMatches(clientSecret, client?.secretHash ?? NOBODY);
    if (!matches || client?.revokedAt !== null || tenant?.state !== 'ACTIVE') throw invalid();
    return { tenantId, clientId: id, scopes: client.scopes.filter(isScope) };
  }
}
