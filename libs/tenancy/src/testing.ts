import { newId, type TenantId } from '@personr/kernel';
import { CONTRACT_PURPOSES, CONTRACT_TERM_NUMBERS } from '@personr/law';
import { type Tenancy, type TenantTx } from './tenancy.js';

/** A new tenant with its row and an agreement that has long been in force, for every purpose, and nothing else. */
export async function aTenant(
  tenancy: Tenancy,
  at: Date = new Date('2026-11-23T18:00:00.000Z'),
): Promise<TenantId> {
  const id = await aTenantWithoutTerms(tenancy, at);
  await tenancy.forTenant(id, (tx) => agree(tx, at));
  return id;
}

/** A new tenant with its row alone: a client's, or the built-in one of our own Business. */
export async function aTenantWithoutTerms(
  tenancy: Tenancy,
  at: Date = new Date('2026-11-23T18:00:00.000Z'),
  kind: 'CLIENT' | 'HOUSE' = 'CLIENT',
): Promise<TenantId> {
  const id: TenantId = newId(at);
  const data = { id, name: 'A Business', createdAt: at, kind };
  await tenancy.forTenant(id, (tx) => tx.tenant.create({ data }));
  return id;
}

const agree = (tx: TenantTx, at: Date) =>
  tx.agreement.create({
    data: {
      tenantId: tx.tenantId,
      id: newId(at),
      effectiveFrom: new Date('2026-01-01T08:00:00.000Z'),
      windDownDays: 30,
      purposes: [...CONTRACT_PURPOSES],
      checklist: [...CONTRACT_TERM_NUMBERS],
      annexes: [],
      createdAt: at,
    },
  });
