import { type InstructionId, type TenantId } from '@personr/kernel';
import { type KeyStore } from './key-store.js';

/** An instruction as it was accepted: its rows as the data database spells them, nothing of a person but sealed. */
export type MirroredIntent = { readonly id: InstructionId; readonly record: object };

const PAGE = 200;

/**
 * Accepted instructions beside the keys, so that a data database of any age, restored, does not forget what it was told.
 * A line comes after the acceptance has committed and before it is answered: whatever was answered is here, and whatever
 * is here was accepted. Every method throws `SERVICE_UNAVAILABLE` when the key store does not answer.
 */
export class IntentMirror {
  constructor(private readonly store: Pick<KeyStore, 'database' | 'clock'>) {}

  /** Remembers the instructions. Those that are known stay as they are. */
  async put(tenantId: TenantId, intents: readonly MirroredIntent[]): Promise<void> {
    if (intents.length === 0) return;
    const at = this.store.clock.now();
    await this.store.database.forTenant(tenantId, 'SHARED', (tx) =>
      tx.query(
        `insert into intent (tenant_id, instruction_id, kept_at, record)
         select $1, new.id, $2, new.record from unnest($3::uuid[], $4::jsonb[]) as new (id, record)
         on conflict do nothing`,
        at,
        intents.map(({ id }) => id),
        intents.map(({ record }) => JSON.stringify(record)),
      ),
    );
  }

  /** Every instruction that is remembered, by id, read page by page. */
  async *list(tenantId: TenantId): AsyncIterable<MirroredIntent[]> {
    let after: InstructionId | null = null;
    for (;;) {
      const page: MirroredIntent[] = await this.page(tenantId, after);
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.id ?? null;
    }
  }

  private async page(tenantId: TenantId, after: InstructionId | null): Promise<MirroredIntent[]> {
    const rows = await this.store.database.forTenant(tenantId, 'SHARED', (tx) =>
      tx.query(
        `select instruction_id, record from intent
          where tenant_id = $1 and ($2::uuid is null or instruction_id > $2) order by instruction_id limit $3`,
        after,
        PAGE,
      ),
    );
    return rows.map((row) => ({ id: row.instruction_id as InstructionId, record: row.record as object }));
  }
}
