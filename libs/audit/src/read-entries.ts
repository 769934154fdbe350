import { Injectable } from '@nestjs/common';
import { Clock, type EntryId } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { AuditLog } from './audit-log.js';
import { by, type Caller } from './audit-event.js';
import { type EvidenceEvent } from './evidence.events.js';
import { assertKept, type EntryFilter, type EntryPlace, findEntries } from './find-entries.js';
import { readHead } from './log.repository.js';
import { type LoggedEntry, readEntries } from './logged-entry.js';

/** A page of entries, newest first, and after which one to go on; null when there are no more. */
export type EntryPage = { readonly entries: readonly LoggedEntry[]; readonly next: EntryId | null };

/** Shows a tenant the entries of its log, and says in it that they were shown. */
@Injectable()
export class ReadEntries {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * A page of the entries that have their places in the log and fit the filter, newest first. It may be shorter than
   * `limit` before the last (`findEntries`). One entry says who read how many, by which filters, and of which instruction
   * or subject; it is committed before they leave. Throws `ENTRIES_PRUNED` for a time
   * of which entries went.
   */
  run(caller: Caller, filter: EntryFilter, place: EntryPlace): Promise<EntryPage> {
    return this.tenancy.forTenant(caller.tenantId, async (tx) => {
      assertKept(filter, (await readHead(tx))?.horizonId);
      const { ids, next } = await findEntries(tx, filter, place);
      const entries = await readEntries(tx, ids);
      await this.note(tx, caller, { filter, count: entries.length });
      return { entries, next };
    });
  }

  private async note(
    tx: TenantTx,
    caller: Caller,
    { filter, count }: { readonly filter: EntryFilter; readonly count: number },
  ): Promise<void> {
    const { instructionId, subjectRef, ...others } = filter;
    const event: EvidenceEvent = {
      event: 'evidence.read',
      at: this.clock.now(),
      ...by(caller),
      ...(instructionId === undefined ? {} : { instructionId }),
      ...(subjectRef === undefined ? {} : { subjectRef }),
      detail: { form: 'ENTRIES', count, by: Object.keys(others) },
    };
    await this.audit.append(tx, event);
  }
}
