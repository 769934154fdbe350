import { type IncomingHttpHeaders } from 'node:http';

const UNIT_BYTES = 16 * 1024 * 1024;
/** What a stream costs that does not say how long it is: as one of a GiB. */
const UNKNOWN_LENGTH_COST = 64;

/**
 * How many units of a quota a request costs: one, and one more for every 16 MiB that its body is longer than
 * the first 16 MiB. A body of unknown length costs 64.
 */
export function costOf({
  'content-length': length,
  'transfer-encoding': encoding,
}: IncomingHttpHeaders): number {
  if (encoding !== undefined) return UNKNOWN_LENGTH_COST;
  const bytes = Number(length ?? 0);
  return Number.isSafeInteger(bytes) ? Math.max(1, Math.ceil(bytes / UNIT_BYTES)) : 1;
}
