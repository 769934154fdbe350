import { type Id, newId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type WorkKind } from './work.js';

/** What is to be done, on what, and from when. */
export type NewWork = { readonly kind: WorkKind; readonly referenceId: Id<string>; readonly dueAt: Date };

/**
 * Writes the to-do row in the caller's transaction: it exists exactly when the act that needs it does. One
 * row a kind and reference; a second call changes nothing.
 */
export async function enqueueWork(tx: TenantTx, { kind, referenceId, dueAt }: NewWork): Promise<void> {
  await tx.$executeRaw`
    insert into work (tenant_id, id, kind, reference_id, due_at)
    values (${tx.tenantId}::uuid, ${newId(dueAt)}::uuid, ${kind}, ${referenceId}::uuid, ${dueAt})
    on conflict (tenant_id, kind, reference_id) do nothing`;
}
