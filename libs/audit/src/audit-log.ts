import { Injectable } from '@nestjs/common';
import { canonicalJson, DomainError, type EntryId, newId } from '@personr/kernel';
import { EMPTY_ROOT } from '@personr/proof';
import { type TenantTx } from '@personr/tenancy';
import { type AuditEvent } from './audit-event.js';

/** The longest entry a bundle can hold: its length is two bytes (C2SP tlog-tiles, "Log Entries"). */
export const MAX_ENTRY_BYTES = 65_535;

/** The tenant's append-only log, as acts see it. */
@Injectable()
export class AuditLog {
  /**
   * Writes the event in the caller's transaction, so that there is no act without its entry and no entry
   * without its act. Its place in the log is given later, by the sequencer. Returns the entry's id. Throws
   * `ENTRY_TOO_LARGE` for more than 65,535 bytes.
   */
  async append(tx: TenantTx, { at, ...event }: AuditEvent): Promise<EntryId> {
    const id = newId<'entry'>(at);
    const entry = new TextEncoder().encode(
      canonicalJson({ ...event, id, tenantId: tx.tenantId, at: at.toISOString() }),
    );
    if (entry.byteLength > MAX_ENTRY_BYTES) {
      throw new DomainError('ENTRY_TOO_LARGE', 'An audit entry holds at most 65,535 bytes.');
    }
    await tx.$executeRaw`
      insert into audit_outbox (tenant_id, id, entry, created_at)
      values (${tx.tenantId}::uuid, ${id}::uuid, ${entry}, ${at})`;
    return id;
  }

  /** Opens the tenant's log, empty, under `origin` (a URL without scheme; C2SP tlog-checkpoint). */
  async open(tx: TenantTx, { origin, at }: { origin: string; at: Date }): Promise<void> {
    await tx.logHead.create({
      data: { tenantId: tx.tenantId, origin, size: 0n, root: Uint8Array.from(EMPTY_ROOT), updatedAt: at },
    });
  }
}
