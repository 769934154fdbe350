import { Injectable } from '@nestjs/common';
import { DomainError, isDomainError } from '@personr/kernel';
import { encodeBundle, HASH_BYTES, parseTilePath, TILE_WIDTH } from '@personr/proof';
import { type TenantTx } from '@personr/tenancy';
import { readHead } from './log.repository.js';

/** A file of the log. One that is full never changes and never goes. */
export type LogFile = { readonly bytes: Uint8Array; readonly isFull: boolean };

type Place = ReturnType<typeof parseTilePath>;

/** No log is so long that it has a tile beyond this. */
const LAST_INDEX = 2 ** 40;

/** A tenant's log as C2SP tlog-tiles lays it out, from the tables. */
@Injectable()
export class LogFiles {
  /**
   * The tile or bundle at a path like `tile/0/x001/067.p/3`: as many hashes or entries as the path says, of a log that has
   * so many. A partial one can be had after the full one has come. Null for every other path. Throws `ENTRIES_PRUNED` for
   * entries that went at the end of their retention.
   */
  async read(tx: TenantTx, path: string): Promise<LogFile | null> {
    const place = placeOf(path);
    if (place === null || place.index > LAST_INDEX) return null;
    const bytes = place.level === 'entries' ? await bundleAt(tx, place) : await tileAt(tx, place);
    return bytes === null ? null : { bytes, isFull: place.width === TILE_WIDTH };
  }
}

function placeOf(path: string): Place | null {
  try {
    return parseTilePath(path);
  } catch (error) {
    if (isDomainError(error, 'PROOF_INVALID')) return null;
    throw error;
  }
}

async function tileAt(tx: TenantTx, { level, index, width }: Place): Promise<Uint8Array | null> {
  const [row] = await tx.bulk`
    select hashes from log_tile where tenant_id = ${tx.tenantId} and level = ${level} and position = ${index}`;
  const hashes = row?.hashes as Uint8Array | undefined;
  if (hashes === undefined || hashes.length < width * HASH_BYTES) return null;
  return hashes.subarray(0, width * HASH_BYTES);
}

async function bundleAt(tx: TenantTx, { index, width }: Place): Promise<Uint8Array | null> {
  const first = index * TILE_WIDTH;
  if (first < ((await readHead(tx))?.horizon ?? 0)) {
    throw new DomainError(
      'ENTRIES_PRUNED',
      'These entries went at the end of their retention. Their hashes stay.',
    );
  }
  const rows = await tx.bulk`
    select entry from log_entry
     where tenant_id = ${tx.tenantId} and position >= ${first} and position < ${first + width} order by position`;
  return rows.length < width ? null : encodeBundle(rows.map(({ entry }) => entry as Uint8Array));
}
