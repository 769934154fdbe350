import { DomainError, type EntryId, type InstructionId, type SubjectRef } from '@personr/kernel';
import { sql, type TenantTx } from '@personr/tenancy';
import { DONE, type EntryNames } from './entry-names.js';

/** Which entries are wanted: all that fit everything that is given. `from` is the first instant, `to` the first beyond. */
export type EntryFilter = {
  readonly event?: string;
  readonly instructionId?: InstructionId;
  readonly subjectRef?: SubjectRef;
  readonly actor?: string;
  readonly outcome?: string;
  readonly from?: Date;
  readonly to?: Date;
};

/** Where a page begins, and how many entries it may have. */
export type EntryPlace = { readonly after: EntryId | null; readonly limit: number };

/** Entries that fit, newest first, and after which one to go on; null when there are no more. */
export type FoundEntries = { readonly ids: readonly EntryId[]; readonly next: EntryId | null };

/** How many entries that fit one filter are looked at, at most, to find a page of those that fit all. */
export const LOOKED_AT_MOST = 20_000;

const FIRST_LOOK = 500;

type Row = Omit<EntryNames, 'id'> & { readonly id: EntryId };
/** A filter of one word. */
export type Name = 'instructionId' | 'subjectRef' | 'outcome' | 'actor' | 'event';

/** Each is at the head of an index that ends in the entry's id. Those that leave fewest come first. */
const CONDITIONS = {
  instructionId: (value: string) =>
    sql.fragment`and instruction_id is not null and instruction_id = ${value}::uuid`,
  subjectRef: (value: string) => sql.fragment`and subject_ref is not null and subject_ref = ${value}`,
  outcome: (value: string) => sql.fragment`and outcome <> 'DONE' and outcome = ${value}`,
  actor: (value: string) => sql.fragment`and actor = ${value}`,
  event: (value: string) => sql.fragment`and event = ${value}`,
} as const;

const NAMES = Object.keys(CONDITIONS) as Name[];

/**
 * Finds a page of entries, newest first by the instant of what they report. It reads an index of one filter and judges by
 * the others what it finds there, up to 20,000 entries: where most of those do not fit, the page has fewer than `limit`,
 * even none, and `next` leads on all the same. It is null only when everything has been looked at.
 */
export async function findEntries(
  tx: TenantTx,
  filter: EntryFilter,
  { after, limit }: EntryPlace,
): Promise<FoundEntries> {
  const leading = leadingOf(filter);
  const others = NAMES.filter((name) => name !== leading && filter[name] !== undefined);
  const fits = (row: Row): boolean => others.every((name) => row[name] === filter[name]);
  const ids: EntryId[] = [];
  let [last, left] = [after, LOOKED_AT_MOST];
  let window = others.length === 0 ? limit + 1 : FIRST_LOOK;
  while (left > 0) {
    const rows = await look(tx, { filter, leading, before: last, window });
    ids.push(...rows.filter(fits).map(({ id }) => id));
    if (ids.length > limit) return { ids: ids.slice(0, limit), next: ids[limit - 1] ?? null };
    if (rows.length < window) return { ids, next: null };
    left -= rows.length;
    last = rows.at(-1)?.id ?? last;
    window = Math.min(window * 2, left);
  }
  return { ids, next: last };
}

/** `DONE` is what nearly everything is: no index leads by it. */
export const leadingOf = (filter: EntryFilter): Name | undefined =>
  NAMES.find((name) => filter[name] !== undefined && !(name === 'outcome' && filter.outcome === DONE));

/** One look at an index. */
export type Look = {
  readonly filter: EntryFilter;
  readonly leading: Name | undefined;
  readonly before: EntryId | null;
  readonly window: number;
};

const look = (tx: TenantTx, wanted: Look): Promise<Row[]> => tx.$queryRaw<Row[]>(statementOf(tx, wanted));

/** The statement that looks at entries. For specs, which ask PostgreSQL how it would find them. */
export function statementOf({ tenantId }: TenantTx, { filter, leading, before, window }: Look) {
  const value = leading === undefined ? undefined : filter[leading];
  const condition = leading === undefined || value === undefined ? sql.empty : CONDITIONS[leading](value);
  return sql.fragment`
    select entry_id::text as id, event, instruction_id::text as "instructionId", subject_ref as "subjectRef",
           actor, outcome
      from log_entry
     where tenant_id = ${tenantId}::uuid ${condition}
       and entry_id >= ${firstIdAt(filter.from)}::uuid and entry_id < ${firstIdAt(filter.to, LATEST)}::uuid
       and entry_id < ${before ?? END}::uuid
     order by entry_id desc limit ${window}`;
}

const END = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** The last millisecond that an id can begin with. */
export const LATEST = 2 ** 48 - 1;

/** The lowest id that an entry of this instant can have (RFC 9562, section 5.7); the first or last of all when it is not given. */
export function firstIdAt(at: Date | undefined, otherwise = 0): string {
  const milliseconds = Math.min(Math.max(at?.getTime() ?? otherwise, 0), LATEST);
  const digits = milliseconds.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-000000000000`;
}

/**
 * Throws `ENTRIES_PRUNED` when a period begins, or ends, in the time of entries that went at the end of their retention
 * . One without a beginning is of whatever is left.
 */
export function assertKept(
  { from, to }: Pick<EntryFilter, 'from' | 'to'>,
  horizonId: EntryId | null | undefined,
): void {
  if (horizonId == null) return;
  const isGone = (at: Date | undefined): boolean => at !== undefined && firstIdAt(at) <= horizonId;
  if (isGone(from) || isGone(to)) {
    throw new DomainError(
      'ENTRIES_PRUNED',
      'Entries of the beginning of this period went at the end of their retention.',
    );
  }
}
