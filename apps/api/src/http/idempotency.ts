import { assertIdempotencyKey, type RequestIdentity } from '@personr/idempotency';
import { type Json } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { type ClientCaller } from '../auth/caller.js';

/**
 * What makes a creating request the same request: its `Idempotency-Key`, the act and all it asks for. Null without a key.
 * Throws `IDEMPOTENCY_KEY_MALFORMED`.
 */
export function identityOf(
  { idempotencyKey: key }: ClientCaller,
  { act, body }: { act: string; body: object },
): RequestIdentity | null {
  if (key === undefined) return null;
  assertIdempotencyKey(key);
  return { key, act, body: JSON.parse(JSON.stringify(body)) as Json };
}

/** Marks an answer that repeats an earlier one. */
export function markReplayed(reply: FastifyReply, replayed: boolean): void {
  if (replayed) void reply.header('Idempotency-Replayed', 'true');
}
