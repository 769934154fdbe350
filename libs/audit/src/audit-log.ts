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

  /**
   * Writes an entry for each event, as `append` does, by one statement. Returns their ids, in order. A log that ends takes
   * none: what may still be done leaves no trace there, as reading its evidence; everything else fails
   * (`TENANT_LEAVING`).
   */
  async appendAll(tx: TenantTx, events: readonly AuditEvent[]): Promise<EntryId[]> {
    if (events.length === 0) return [];
    const { ids, entries, times, openings } = rowsOf(tx, events);
    const [row] = await tx.bulk`
      with written as (
        insert into audit_outbox (tenant_id, id, entry, created_at, opening)
        select ${tx.tenantId}::uuid, new.*
          from unnest(${ids}::uuid[], ${entries}::bytea[], ${times}::timestamptz[], ${openings}::bytea[]) as new
         where not exists (select from log_head where tenant_id = ${tx.tenantId} and ending_at is not null)
        returning id
      )
      select count(*)::int as written from written`;
    if (row?.written === 0 && !events.every(mayGoUntold)) throw ended();
    return ids;
  }

  /** Writes the entry after which none comes, and ends the log with it. Returns its id. */
  async appendLast(tx: TenantTx, event: AuditEvent): Promise<EntryId> {
    const { ids, entries, times } = rowsOf(tx, [event]);
    await tx.bulk`
      with written as (
        insert into audit_outbox (tenant_id, id, entry, created_at)
        select ${tx.tenantId}::uuid, new.* from unnest(${ids}::uuid[], ${entries}::bytea[], ${times}::timestamptz[]) as new
        returning id
      )
      update log_head set ended_by = written.id from written where tenant_id = ${tx.tenantId}`;
    const [id] = ids;
    if (id === undefined) throw new Error('an event has an entry');
    return id;
  }

  /** Opens the tenant's log, empty, under `origin` (a URL without scheme; C2SP tlog-checkpoint). */
  async open(tx: TenantTx, { origin, at }: { origin: string; at: Date }): Promise<void> {
    await tx.logHead.create({
      data: { tenantId: tx.tenantId, origin, size: 0n, root: Uint8Array.from(EMPTY_ROOT), updatedAt: at },
    });
  }
}

/** What may be done where there is no log any more to tell it: by the tenant, and by us to every log there is. */
const UNTOLD: ReadonlySet<string> = new Set([
  'evidence.read',
  'evidence.counted',
  'sign-in.granted',
  'sign-in.refused',
  'request.refused',
  'instruction.refused',
  'backup.declared',
  'backup.drilled',
  'keyring.checked',
  'keyring.founded',
  'log.broken',
  'log-key.added',
  'log-key.retired',
  'objects.swept',
  'restore.performed',
  'tenant.swept',
]);

const mayGoUntold = ({ event }: AuditEvent): boolean => UNTOLD.has(event);

const ended = (): DomainError =>
  new DomainError('TENANT_LEAVING', 'Everything was erased and the log has ended. Its evidence can be read.');

function rowsOf(tx: TenantTx, events: readonly AuditEvent[]) {
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
  return { ids, entries, times, openings };
}

function entryOf(entry: Json): Buffer {
  const bytes = Buffer.from(canonicalJson(entry));
  if (bytes.byteLength > MAX_ENTRY_BYTES) {
    throw new DomainError('ENTRY_TOO_LARGE', 'An audit entry holds at most 65,535 bytes.');
  }
  return bytes;
}
