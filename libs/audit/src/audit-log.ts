import { Injectable } from '@nestjs/common';
import { canonicalJson, DomainError, type EntryId, type Json, newId } from '@personr/kernel';
import { EMPTY_ROOT } from '@personr/proof';
import { type TenantTx } from '@personr/tenancy';
import { type AuditEvent } from './audit-event.js';
import { encodeOpening } from './openings.js';

/** The longest entry a bundle can hold: its length is two bytes (C2SP tlog-tiles, "Log Entries"). */
export const MAX_ENTRY_BYTES = 65_535;

/** The tenant's append-only log, as acts see it. */
@Injectable()
export class AuditLog {
  /**
   * Writes the event in the caller's transaction, so that there is no act without its entry and no entry
   * without its act. Its place in the log is given later, by the sequencer; what its commitment was made of
   * (`opening`) goes to the evidence store then. Returns the entry's id. Throws `ENTRY_TOO_LARGE` for more than
   * 65,535 bytes.
   */
  async append(tx: TenantTx, event: AuditEvent): Promise<EntryId> {
    const [id] = await this.appendAll(tx, [event]);
    if (id === undefined) throw new Error('an event has an entry');
    return id;
  }

  /** Writes an entry for each event, as `append` does, by one statement. Returns their ids, in order. */
  async appendAll(tx: TenantTx, events: readonly AuditEvent[]): Promise<EntryId[]> {
    if (events.length === 0) return [];
    const ids = events.map(({ at }) => newId<'entry'>(at));
    const times = events.map(({ at }) => at.toISOString());
    const entries = events.map((event, position) =>
      entryOf({
        ...event,
        opening: undefined,
        id: ids[position],
        tenantId: tx.tenantId,
        at: times[position],
      }),
    );
    const openings = events.map(({ opening }) => (opening === undefined ? null : encodeOpening(opening)));
    await tx.bulk`
      insert into audit_outbox (tenant_id, id, entry, created_at, opening)
      select ${tx.tenantId}::uuid, new.*
        from unnest(${ids}::uuid[], ${entries}::bytea[], ${times}::timestamptz[], ${openings}::bytea[]) as new`;
    return ids;
  }

  /** Opens the tenant's log, empty, under `origin` (a URL without scheme; C2SP tlog-checkpoint). */
  async open(tx: TenantTx, { origin, at }: { origin: string; at: Date }): Promise<void> {
    await tx.logHead.create({
      data: { tenantId: tx.tenantId, origin, size: 0n, root: Uint8Array.from(EMPTY_ROOT), updatedAt: at },
    });
  }
}

function entryOf(entry: Json): Buffer {
  const bytes = Buffer.from(canonicalJson(entry));
  if (bytes.byteLength > MAX_ENTRY_BYTES) {
    throw new DomainError('ENTRY_TOO_LARGE', 'An audit entry holds at most 65,535 bytes.');
  }
  return bytes;
}
