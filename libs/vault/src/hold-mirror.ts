import { type Id, type InstructionId, type SubjectId, type TenantId } from '@personr/kernel';
import { type KeyStoreDatabase } from './key-store.database.js';

/** An active hold as the key store remembers it: ids, names of elements and the law's words, no value. */
export type MirroredHold = {
  readonly id: Id<'hold'>;
  readonly subjectId: SubjectId;
  readonly elements: readonly string[];
  readonly ground: string;
  readonly citation: string;
  readonly placedBy: Id<string>;
  readonly instructionId: InstructionId | null;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly reviewAt: Date | null;
};

/**
 * Active holds beside the keys that they keep, so that a data database of any age, restored, does not forget what must
 * be kept. A line comes before its hold commits, is settled when it has, and goes after the hold's end has: one line too
 * many keeps something for a while, one too few would lose it. Every method throws `SERVICE_UNAVAILABLE` when the key store does not answer.
 */
export class HoldMirror {
  constructor(private readonly database: KeyStoreDatabase) {}

  /** Remembers the hold. Safe to call again. */
  async put(tenantId: TenantId, hold: MirroredHold): Promise<void> {
    await this.database.forTenant(tenantId, 'SHARED', (tx) =>
      tx.query(
        `insert into active_hold (tenant_id, hold_id, subject_id, elements, ground, citation, placed_by, instruction_id,
                                  starts_at, ends_at, review_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
        hold.id,
        hold.subjectId,
        hold.elements,
        hold.ground,
        hold.citation,
        hold.placedBy,
        hold.instructionId,
        hold.startsAt,
        hold.endsAt,
        hold.reviewAt,
      ),
    );
  }

  /** Writes down that the hold has committed: a data database that does not know it is older. Safe to call again. */
  async settle(tenantId: TenantId, id: MirroredHold['id']): Promise<void> {
    await this.database.forTenant(tenantId, 'SHARED', (tx) =>
      tx.query('update active_hold set is_settled = true where tenant_id = $1 and hold_id = $2', id),
    );
  }

  /** Forgets the hold. Safe to call again. */
  async remove(tenantId: TenantId, id: MirroredHold['id']): Promise<void> {
    await this.database.forTenant(tenantId, 'SHARED', (tx) =>
      tx.query('delete from active_hold where tenant_id = $1 and hold_id = $2', id),
    );
  }

  /** The holds that have committed, and began at an instant or later. */
  async settledSince(tenantId: TenantId, at: Date): Promise<MirroredHold['id'][]> {
    const rows = await this.database.forTenant(tenantId, 'SHARED', (tx) =>
      tx.query('select hold_id from active_hold where tenant_id = $1 and is_settled and starts_at >= $2', at),
    );
    return rows.map((row) => row.hold_id as MirroredHold['id']);
  }

  /** Every hold that is remembered, oldest first. */
  async list(tenantId: TenantId): Promise<MirroredHold[]> {
    const rows = await this.database.forTenant(tenantId, 'SHARED', (tx) =>
      tx.query('select * from active_hold where tenant_id = $1 order by hold_id'),
    );
    return rows.map((row) => ({
      id: row.hold_id as MirroredHold['id'],
      subjectId: row.subject_id as SubjectId,
      elements: row.elements as string[],
      ground: row.ground as string,
      citation: row.citation as string,
      placedBy: row.placed_by as Id<string>,
      instructionId: row.instruction_id as InstructionId | null,
      startsAt: row.starts_at as Date,
      endsAt: row.ends_at as Date | null,
      reviewAt: row.review_at as Date | null,
    }));
  }
}
