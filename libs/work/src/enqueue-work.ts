import { type Id, newId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type WorkKind, type WorkLane } from './work.js';

/** What is to be done, on what, from when, and in which lane it waits: INTERACTIVE unless said otherwise. */
export type NewWork = {
  readonly kind: WorkKind;
  readonly referenceId: Id<string>;
  readonly dueAt: Date;
  readonly lane?: WorkLane;
};

/**
 * Writes the to-do rows in the caller's transaction, by one statement: they exist exactly when the act that needs them
 * does. One row a kind and reference; a second call changes nothing.
 */
export async function enqueueWorks(tx: TenantTx, works: readonly NewWork[]): Promise<void> {
  if (works.length === 0) return;
  await tx.bulk`
    insert into work (tenant_id, id, kind, reference_id, due_at, lane)
    select ${tx.tenantId}::uuid, new.*
      from unnest(${works.map(({ dueAt }) => newId(dueAt))}::uuid[], ${works.map(({ kind }) => kind)}::text[],
                  ${works.map(({ referenceId }) => referenceId)}::uuid[],
                  ${works.map(({ dueAt }) => dueAt.toISOString())}::timestamptz[],
                  ${works.map(({ lane = 'INTERACTIVE' }) => lane)}::text[]) as new
    on conflict (tenant_id, kind, reference_id) do nothing`;
}

/** The same for one. */
export const enqueueWork = (tx: TenantTx, work: NewWork): Promise<void> => enqueueWorks(tx, [work]);
