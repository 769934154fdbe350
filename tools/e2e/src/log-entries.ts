import { type House, type TestTenant } from './house.js';

/** An entry of a tenant's log as specs look at it, whether it has its place already or waits for it. */
export type Entry = {
  readonly id: string;
  readonly event: string;
  readonly at: string;
  readonly actor: { readonly kind: string; readonly id?: string };
  readonly requestId?: string;
  readonly instructionId?: string;
  readonly subjectRef?: string;
  readonly reasonCode?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
};

/** Every entry of the tenant, placed or waiting, in the order of their ids. */
export async function entriesOf(
  { owner }: Pick<House, 'owner'>,
  { tenantId }: Pick<TestTenant, 'tenantId'>,
): Promise<Entry[]> {
  const { rows } = await owner.query<{ entry: Buffer }>(
    `select entry from (select entry_id as id, entry from log_entry where tenant_id = $1
                         union all select id, entry from audit_outbox where tenant_id = $1) as both_places
      order by id`,
    [tenantId],
  );
  return rows.map(({ entry }) => JSON.parse(entry.toString()) as Entry);
}

/** How many acts entries of an event tell of: one each, or as many as it counts. */
export const timesIn = (entries: readonly Entry[], event: string): number =>
  entries
    .filter((entry) => entry.event === event)
    .reduce((sum, { detail }) => sum + Number(detail?.count ?? 1), 0);
