import { DomainError, type TenantId } from '@personr/kernel';
import { TILE_WIDTH } from '@personr/proof';
import { type TenantTx } from '@personr/tenancy';
import { assertKept, firstIdAt, LATEST } from './find-entries.js';
import { type AnchoredCheckpoint } from './anchored-reader.js';
import { type LogVkey, vkeysOf } from './log-keys.js';
import { readHead } from './log.repository.js';

/** From the first instant to the last, which is no part of it; without end where one is not given. */
export type Period = { readonly from?: Date; readonly to?: Date };

/** A state of a log, and the part of it that is wanted. It stays true while the log grows. */
export type LogSnapshot = {
  readonly tenantId: TenantId;
  readonly origin: string;
  readonly size: number;
  readonly checkpoint: string;
  readonly vkeys: readonly LogVkey[];
  readonly period: Period;
  /** The bundle in which the entries of the period begin. */
  readonly firstBundle: number;
  /** Its anchored checkpoints, of this size at most: most witnesses first, then what those do not cover. */
  readonly anchors: readonly AnchoredCheckpoint[];
};

/** The bounds of a period, as ids of entries have them. */
export const idsOf = ({ from, to }: Period) => ({ first: firstIdAt(from), beyond: firstIdAt(to, LATEST) });

/**
 * Takes the log as it is now: of a period without a beginning, from the first entry that is left on. Throws `NOT_FINISHED`
 * for one that holds nothing yet, `ENTRIES_PRUNED` for a time of which entries went.
 */
export async function takeSnapshot(tx: TenantTx, period: Period): Promise<Omit<LogSnapshot, 'anchors'>> {
  const head = await readHead(tx);
  if (head?.checkpoint == null) throw new DomainError('NOT_FINISHED', 'The log holds nothing yet.');
  const { origin, size, checkpoint, keys, horizon } = head;
  assertKept(period, head.horizonId);
  const first = Math.max(horizon, await firstPlace(tx, { period, size }));
  const firstBundle = Math.floor(first / TILE_WIDTH);
  return {
    tenantId: tx.tenantId,
    origin,
    size,
    checkpoint,
    vkeys: vkeysOf(origin, keys),
    period,
    firstBundle,
  };
}

/** The lowest place of an entry of the period. Of one without entries, the last place of all. */
async function firstPlace(tx: TenantTx, { period, size }: { period: Period; size: number }): Promise<number> {
  if (period.from === undefined) return 0;
  const { first, beyond } = idsOf(period);
  const [row] = await tx.bulk`
    select min(position) as place from log_entry
     where tenant_id = ${tx.tenantId} and entry_id >= ${first}::uuid and entry_id < ${beyond}::uuid
       and position < ${size}`;
  return row?.place == null ? size - 1 : Number(row.place);
}
