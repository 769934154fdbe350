import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { Clock, newId, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { type AccessEvent } from './access.events.js';
import { type NewCredential, RegisterApiClient } from './register-api-client.js';
import { SCOPES } from './scope.js';

/** A Business as it comes in: its keys, its log, its first credential. */
export type Onboarded = { readonly tenantId: TenantId; readonly logOrigin: string } & NewCredential;

/** Takes a Business in. For operators. */
@Injectable()
export class OnboardTenant {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly audit: AuditLog,
    private readonly registerApiClient: RegisterApiClient,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the tenant's key root first, then tenant, log and credential together. `logHost` is the host part of
   * the log's origin; the rest of the origin is random, so a receipt does not name the Business.
   */
  async run({ name, logHost }: { name: string; logHost: string }): Promise<Onboarded> {
    const at = this.clock.now();
    const tenantId: TenantId = newId(at);
    const logOrigin = `${logHost}/log/${randomBytes(16).toString('hex')}`;
    await this.vault.openTenant(tenantId);
    return this.tenancy.forTenant(tenantId, async (tx) => {
      await tx.tenant.create({ data: { id: tenantId, name, createdAt: at } });
      await this.audit.open(tx, { origin: logOrigin, at });
      const event: AccessEvent = { event: 'tenant.onboarded', at, actor: { kind: 'OPERATOR' } };
      await this.audit.append(tx, event);
      const credential = await this.registerApiClient.run(tx, { name: 'first client', scopes: SCOPES });
      return { tenantId, logOrigin, ...credential };
    });
  }
}
