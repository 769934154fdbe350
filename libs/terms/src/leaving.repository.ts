import { type InstructionId } from '@personr/kernel';
import { tenantLeaving } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';

/** Locks of the tenant's row: who takes something in shares it, who erases everything has it alone. */
type Leaving = { readonly by: InstructionId | null; readonly isClient: boolean };

/** By which instruction everything that the tenant has is erased; null while the tenant stays. */
export async function leavingBy(tx: TenantTx): Promise<InstructionId | null> {
  const rows = await tx.bulk`select leaving_by from tenant where id = ${tx.tenantId}`;
  return toLeaving(rows).by;
}

/** The same, which cannot change in the caller's transaction; and nobody else decides it meanwhile. */
export async function decideLeaving(tx: TenantTx): Promise<Leaving> {
  return toLeaving(
    await tx.bulk`
    select leaving_by, kind from tenant where id = ${tx.tenantId} for no key update`,
  );
}

/** From the commit on nothing is taken in. The caller has decided it: `decideLeaving`. */
export async function markLeaving(tx: TenantTx, by: InstructionId): Promise<void> {
  await tx.bulk`update tenant set leaving_by = ${by}::uuid where id = ${tx.tenantId}`;
}

/**
 * By which instruction the tenant leaves, if it does. Whoever erases everything waits, with `awaitIntake`, until this
 * transaction has ended.
 */
export async function holdStay(tx: TenantTx): Promise<InstructionId | null> {
  return toLeaving(await tx.bulk`select leaving_by from tenant where id = ${tx.tenantId} for key share`).by;
}

/** The same for who takes something in. Throws `TENANT_LEAVING`. */
export async function assertStays(tx: TenantTx): Promise<void> {
  if ((await holdStay(tx)) !== null) throw tenantLeaving();
}

/** Waits for every transaction that holds the tenant's stay, and keeps further ones waiting until the caller's has ended. */
export async function awaitIntake(tx: TenantTx): Promise<void> {
  await tx.bulk`select from tenant where id = ${tx.tenantId} for update`;
}

const toLeaving = ([row]: readonly Readonly<Record<string, unknown>>[]): Leaving => ({
  by: (row?.leaving_by ?? null) as InstructionId | null,
  isClient: row?.kind === 'CLIENT',
});
