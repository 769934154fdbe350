import { newId, type TenantId } from '@personr/kernel';
import { type Tenancy } from './tenancy.js';

/** A new tenant with its row and nothing else. */
export async function aTenant(
  tenancy: Tenancy,
  at: Date = new Date('2026-11-23T18:00:00.000Z'),
): Promise<TenantId> {
  const id: TenantId = newId(at);
  await tenancy.forTenant(id, (tx) => tx.tenant.create({ data: { id, name: 'A Business', createdAt: at } }));
  return id;
}
