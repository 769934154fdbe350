import { Injectable } from '@nestjs/common';
import { type ApiClientId, DomainError, isId, parseId, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { hashClientSecret, secretMatches } from './client-secret.js';
import { type Grant } from './grant.js';
import { isScope } from './scope.js';

const NOBODY = hashClientSecret('');

type Registered = {
  readonly secretHash: Uint8Array;
  readonly scopes: readonly string[];
  readonly mayKnock: boolean;
};

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
    const { tenantId, id } = parseClientId(clientId);
    const client = await this.find(tenantId, id);
    if (!secretMatches(clientSecret, client?.secretHash ?? NOBODY) || client?.mayKnock !== true) {
      throw invalid();
    }
    return { tenantId, clientId: id, scopes: client.scopes.filter(isScope) };
  }

  private find(tenantId: TenantId, id: ApiClientId): Promise<Registered | null> {
    return this.tenancy.forDirectory(async (tx) => {
      const client = await tx.apiClient.findUnique({
        where: { tenantId_id: { tenantId, id } },
        select: { secretHash: true, scopes: true, revokedAt: true },
      });
      const tenant = await tx.tenant.findUnique({ where: { id: tenantId }, select: { state: true } });
      if (client === null || tenant === null) return null;
      return { ...client, mayKnock: client.revokedAt === null && tenant.state === 'ACTIVE' };
    });
  }
}

function parseClientId(clientId: string): { tenantId: TenantId; id: ApiClientId } {
  const [tenantId = '', id = '', ...rest] = clientId.split('.');
  if (!isId(tenantId) || !isId(id) || rest.length > 0) throw invalid();
  return { tenantId: parseId(tenantId), id: parseId(id) };
}
