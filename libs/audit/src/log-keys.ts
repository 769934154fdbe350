import { formatVkey } from '@personr/proof';

/**
 * The public half of a key that signs logs or did, in base64, and when; null where nobody wrote it down. `until` is null
 * while it signs.
 */
export type LogKey = {
  readonly publicKey: string;
  readonly from: string | null;
  readonly until: string | null;
};

/** A key as a verifier pins it for one log (C2SP signed-note, "Verifier keys"), and when it signed. */
export type LogVkey = { readonly vkey: string; readonly from: string | null; readonly until: string | null };

/** The keys of the log with this origin, in their order. */
export const vkeysOf = (origin: string, keys: readonly LogKey[]): LogVkey[] =>
  keys.map(({ publicKey, from, until }) => ({
    vkey: formatVkey(origin, Uint8Array.from(Buffer.from(publicKey, 'base64'))),
    from,
    until,
  }));

/** The file beside a log's checkpoint that lists its keys. For whoever looks; a verifier pins keys, it never takes them from here. */
export const encodeVkeys = (origin: string, keys: readonly LogKey[]): Uint8Array =>
  Buffer.from(`${JSON.stringify({ origin, keys: vkeysOf(origin, keys) }, null, 2)}\n`);
