import { type RelayTx, type TenantTx } from '@personr/tenancy';

/**
 * Keeps other processes from laying logs out, and from putting checkpoints where logs are laid out, until the transaction
 * ends. False when another one does: it is not waited for.
 */
export async function holdLayout(tx: RelayTx): Promise<boolean> {
  const [row] = await tx.bulk`
    select pg_try_advisory_xact_lock(hashtextextended('personr layout', 0)) as held`;
  return row?.held === true;
}

/** The same for one log, once nobody else does. */
export async function awaitLayout(tx: TenantTx): Promise<void> {
  await tx.bulk`select pg_advisory_xact_lock(hashtextextended('personr layout', 0)) is null as held`;
}
