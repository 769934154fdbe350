import { createHmac } from 'node:crypto';
import { canonicalJson, DomainError, type Id, type Json } from '@personr/kernel';
import { type DailyMac } from '@personr/vault';

/** What makes a creating request the same request: the caller's key, and all that it asks for. */
export type RequestIdentity = { readonly key: string; readonly act: string; readonly body: Json };

/** A request known by keyed hashes alone. The key and the body themselves are kept nowhere. */
export type IdempotentRequest = {
  readonly tag: Mac;
  readonly fingerprint: Mac;
};

/** The answer to an earlier request of the same key: the ids of what it made, and the status it answered. */
export type EarlierAnswer = { readonly resourceIds: readonly Id<string>[]; readonly status: number };

export type Mac = { readonly today: Uint8Array; readonly yesterday: Uint8Array | null };

const SHAPE = /^[\x21-\x7e]{1,255}$/;

/** Throws `IDEMPOTENCY_KEY_MALFORMED` unless the key is 1..255 visible ASCII characters. */
export function assertIdempotencyKey(key: string): void {
  if (!SHAPE.test(key)) {
    throw new DomainError(
      'IDEMPOTENCY_KEY_MALFORMED',
      'Idempotency-Key must be 1 to 255 visible ASCII characters.',
    );
  }
}

/** The request's names. `key` is the keyed hash of the caller's key: secret, kept nowhere, gone with the key of the day. */
export function nameRequest(
  { today, yesterday }: DailyMac,
  { act, body }: Pick<RequestIdentity, 'act' | 'body'>,
): IdempotentRequest {
  const text = canonicalJson([act, body]);
  const derive = (...use: readonly string[]): Mac => ({
    today: hmac(today, use),
    yesterday: yesterday === null ? null : hmac(yesterday, use),
  });
  return { tag: derive('tag'), fingerprint: derive('fingerprint\n', text) };
}

function hmac(key: Uint8Array, pieces: readonly string[]): Buffer {
  const hash = createHmac('sha256', key);
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}
