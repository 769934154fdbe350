import { AuditLog, type AuditEvent } from '@personr/audit';
import { type TenantId } from '@personr/kernel';
import { type Tenancy } from '@personr/tenancy';

/** Whoever there is. */
export async function tenantsOf(tenancy: Tenancy): Promise<TenantId[]> {
  const rows = await tenancy.forDirectory(
    (tx) => tx.$queryRaw<{ id: TenantId }[]>`select id::text from tenant order by id`,
  );
  return rows.map(({ id }) => id);
}

/** Says in every tenant's log what an operator did with the whole house. */
export async function tellLogs(tenancy: Tenancy, event: Omit<AuditEvent, 'actor'>): Promise<void> {
  for (const tenantId of await tenantsOf(tenancy)) await tellLog(tenancy, tenantId, event);
}

/** Says it in one. */
export async function tellLog(
  tenancy: Tenancy,
  tenantId: TenantId,
  event: Omit<AuditEvent, 'actor'>,
): Promise<void> {
  await tenancy.forTenant(tenantId, (tx) =>
    new AuditLog().append(tx, { ...event, actor: { kind: 'OPERATOR' } }),
  );
}
