import { type House, type TestTenant } from './house.js';

type Entry = { readonly event: string; readonly detail?: { readonly count?: number } };

const REFUSALS = ['instruction.refused', 'request.refused'];

/** How many refusals the tenant's log tells of, one by one and together, and is going to tell of when an interval is over. */
export async function refusalsTold(
  { owner }: House,
  { tenantId }: Pick<TestTenant, 'tenantId'>,
): Promise<number> {
  const { rows: entries } = await owner.query<{ entry: Buffer }>(
    `select entry from log_entry where tenant_id = $1 and event = any($2)
      union all select entry from audit_outbox where tenant_id = $1`,
    [tenantId, REFUSALS],
  );
  const told = entries
    .map(({ entry }) => JSON.parse(entry.toString()) as Entry)
    .filter(({ event }) => REFUSALS.includes(event))
    .reduce((sum, { detail }) => sum + (detail?.count ?? 1), 0);
  const { rows } = await owner.query<{ waiting: number }>(
    `select coalesce(sum(greatest(count - singly, 0)), 0)::int as waiting from counted_event
      where tenant_id = $1 and event = any($2)`,
    [tenantId, REFUSALS],
  );
  return told + (rows[0]?.waiting ?? 0);
}
