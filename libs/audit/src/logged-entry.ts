import { type EntryId, type InstructionId, type Json, type SubjectRef } from '@personr/kernel';
import { type BulkRow, type TenantTx } from '@personr/tenancy';
import { namesOf } from './entry-names.js';

/** An entry of the log, read: its place, and what it says. Null where it does not say. */
export type LoggedEntry = {
  readonly id: EntryId;
  /** Its place in the log, from 0. */
  readonly index: number;
  readonly at: string;
  readonly event: string;
  readonly actor: { readonly kind: string; readonly id?: string };
  readonly instructionId: InstructionId | null;
  readonly subjectRef: SubjectRef | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly outcome: string;
  readonly reasonCode: string | null;
  readonly policyVersion: string | null;
  readonly requestId: string | null;
  readonly commitment: string | null;
  readonly detail: Readonly<Record<string, Json>> | null;
};

type Written = Partial<LoggedEntry> & Pick<LoggedEntry, 'id' | 'at' | 'event' | 'actor'>;

/** Reads these entries, in this order. Those that have no place in the log are left out. */
export async function readEntries(tx: TenantTx, ids: readonly EntryId[]): Promise<LoggedEntry[]> {
  const rows = await tx.bulk`
    select position, entry from log_entry where tenant_id = ${tx.tenantId} and entry_id = any(${ids}::uuid[])`;
  const found = new Map(rows.map(toLoggedEntry).map((entry) => [entry.id, entry]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** Reads a row that has `position` and `entry`. */
export function toLoggedEntry({ position, entry }: BulkRow): LoggedEntry {
  const written = JSON.parse((entry as Buffer).toString()) as Written;
  const { id, at, event, actor, detail } = written;
  const { instructionId, subjectRef, outcome } = namesOf(written);
  return {
    id,
    index: Number(position),
    at,
    event,
    actor,
    instructionId,
    subjectRef,
    from: written.from ?? null,
    to: written.to ?? null,
    outcome,
    reasonCode: written.reasonCode ?? null,
    policyVersion: written.policyVersion ?? null,
    requestId: written.requestId ?? null,
    commitment: written.commitment ?? null,
    detail: detail ?? null,
  };
}
