import { type InstructionId, type TenantId } from '@personr/kernel';
import { type KeyStoreDatabase } from './key-store.database.js';
import { type KeyStore } from './key-store.js';
import { type MacWindow, type MarkReason, type WindowMarks } from './vault.windows.js';

/** A MAC that was made to be kept: of an identity, under the key of a window, for an erasure. */
export type KeptMark = MacWindow & MarkReason & { readonly mac: Uint8Array };

const PAGE = 1000;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Writes down what was marked in a window, beside the window's key; of one marked twice, the later erasure. Those of ended windows go. */
export async function keepMarks(
  { database, clock }: KeyStore,
  tenantId: TenantId,
  { use, window, marks, macs }: WindowMarks & { readonly macs: readonly Uint8Array[] },
): Promise<void> {
  if (macs.length === 0) return;
  await database.forTenant(tenantId, 'SHARED', async (tx) => {
    await tx.query(
      'delete from window_mark where tenant_id = $1 and day + days <= $2::date',
      dayOf(clock.now()),
    );
    await tx.query(
      `insert into window_mark as known (tenant_id, use, day, days, mac, instruction_id, accepted_at)
       select distinct on (mac) $1, $2, $3, $4, mac, instruction_id, accepted_at
         from unnest($5::bytea[], $6::uuid[], $7::timestamptz[]) as new (mac, instruction_id, accepted_at)
        order by mac, accepted_at desc
       on conflict (tenant_id, use, day, days, mac) do update
         set instruction_id = excluded.instruction_id, accepted_at = excluded.accepted_at
         where known.accepted_at < excluded.accepted_at`,
      use,
      window.day,
      window.days,
      macs,
      marks.map(({ instructionId }) => instructionId),
      marks.map(({ acceptedAt }) => acceptedAt),
    );
  });
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 'yyyy-mm-dd'.length);

/** Reads the marks of living windows, for a data database of any age that was restored. */
export class MarkMirror {
  constructor(
    private readonly store: { readonly database: KeyStoreDatabase; readonly clock: KeyStore['clock'] },
  ) {}

  /** Every mark of a window that has not ended, by page. Throws `SERVICE_UNAVAILABLE`. */
  async *list(tenantId: TenantId, use: string): AsyncIterable<KeptMark[]> {
    const today = dayOf(new Date(this.store.clock.now().getTime() + DAY_MILLISECONDS - 1));
    let after: KeptMark | undefined;
    for (;;) {
      const { day = null, days = null, mac = null } = after ?? {};
      const rows = await this.store.database.forTenant(tenantId, 'SHARED', (tx) =>
        tx.query(
          `select day::text as day, days, mac, instruction_id as "instructionId", accepted_at as "acceptedAt"
             from window_mark
            where tenant_id = $1 and use = $2 and day + days >= $3::date
              and ($4::date is null or (day, days, mac) > ($4::date, $5::int, $6::bytea))
            order by day, days, mac limit $7`,
          use,
          today,
          day,
          days,
          mac,
          PAGE,
        ),
      );
      const page = rows as unknown as (KeptMark & { instructionId: InstructionId })[];
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1);
    }
  }
}
