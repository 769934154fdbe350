import { type LoggedEntry } from '@personr/audit';
import { stringify } from 'csv-stringify/sync';

const COLUMNS = [
  'index',
  'id',
  'at',
  'event',
  'actorKind',
  'actorId',
  'instructionId',
  'subjectRef',
  'from',
  'to',
  'outcome',
  'reasonCode',
  'policyVersion',
  'requestId',
  'commitment',
  'detail',
] as const;

/** The first line of the table. */
export const CSV_HEAD = `${COLUMNS.join(',')}\r\n`;

/**
 * Entries as lines of CSV (RFC 4180), each cell in quotes. One that a spreadsheet would take for a formula begins with an
 * apostrophe.
 */
export const csvOf = (entries: readonly LoggedEntry[]): string =>
  stringify(entries.map(toRow), {
    columns: [...COLUMNS],
    quoted: true,
    quoted_empty: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  });

const toRow = ({ actor, detail, ...entry }: LoggedEntry) => ({
  ...entry,
  index: String(entry.index),
  actorKind: actor.kind,
  actorId: actor.id ?? '',
  detail: detail === null ? '' : JSON.stringify(detail),
});
