import { waitFor } from '@personr/testkit';
import { type House, type TestTenant } from './house.js';

/** How many rows a tenant has, and how many entries of each event its log holds. */
export type Tally = {
  readonly subjects: number;
  readonly records: number;
  readonly instructions: number;
  readonly work: number;
  readonly receipts: number;
  /** Entries that have their place in the log, and the size that its newest checkpoint signs. */
  readonly entries: number;
  readonly logSize: number;
  readonly events: Readonly<Record<string, number>>;
};

const ROWS = `
  select (select count(*)::int from subject where tenant_id = $1) as subjects,
         (select count(*)::int from record where tenant_id = $1) as records,
         (select count(*)::int from instruction where tenant_id = $1) as instructions,
         (select count(*)::int from work where tenant_id = $1) as work,
         (select count(*)::int from receipt where tenant_id = $1) as receipts,
         (select count(*)::int from log_entry where tenant_id = $1) as entries,
         (select size::int from log_head where tenant_id = $1) as "logSize",
         (select count(*)::int from audit_outbox where tenant_id = $1) as waiting`;

/** Counts as the owner, once no entry waits for its place any more. The worker must run. */
export async function tally({ owner }: House, { tenantId }: TestTenant): Promise<Tally> {
  const rows = await waitFor(
    async () => {
      const { rows: found } = await owner.query<Omit<Tally, 'events'> & { waiting: number }>(ROWS, [
        tenantId,
      ]);
      return found[0]?.waiting === 0 ? found[0] : undefined;
    },
    { what: 'every entry to be in the log', timeoutMs: 30_000 },
  );
  const { rows: events } = await owner.query<{ event: string; count: number }>(
    'select event, count(*)::int from log_entry where tenant_id = $1 group by event',
    [tenantId],
  );
  return { ...rows, events: Object.fromEntries(events.map(({ event, count }) => [event, count])) };
}
