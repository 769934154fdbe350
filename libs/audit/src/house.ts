import { createHash } from 'node:crypto';
import { type EntryId, parseId, type TenantId } from '@personr/kernel';
import { HASH_BYTES } from '@personr/proof';

/** In whose name the house's own log, the meta-log, is kept: an id like a tenant's that no tenant has. */
export const HOUSE: TenantId = parseId<'tenant'>('00000000-0000-7000-8000-000000000000');

/** The event by which an entry of the meta-log is filed. */
export const CHECKPOINT_LOGGED = 'checkpoint.logged';

/** Whether an entry is one of the meta-log: a salted hash of a tenant's checkpoint. No entry of a tenant is that short. */
export const isMetaEntry = (entry: Uint8Array): boolean => entry.byteLength === HASH_BYTES;

/** The id of an entry of the meta-log, which holds nothing but a hash: made of it (RFC 9562, section 5.8). */
export function metaEntryId(entry: Uint8Array): EntryId {
  const bytes = createHash('sha256').update(entry).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  ) as EntryId;
}

/** The name of the meta-log beside a log with this origin: `<host>/meta`. */
export const metaOriginOf = (origin: string): string => `${origin.split('/')[0] ?? origin}/meta`;
