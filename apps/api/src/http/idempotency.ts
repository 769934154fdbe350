import { Injectable } from '@nestjs/common';
import { type IdempotentRequest, IdempotentRequests } from '@personr/idempotency';
import { type Json } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { type ClientCaller } from '../auth/caller.js';

/** Reads the `Idempotency-Key` of a creating request. */
@Injectable()
export class Idempotency {
  constructor(private readonly requests: IdempotentRequests) {}

  /** The request as it is known by its key and all it asks for; null without a key. Throws `IDEMPOTENCY_KEY_MALFORMED`. */
  async of(
    { tenantId, idempotencyKey: key }: ClientCaller,
    { act, body }: { act: string; body: object },
  ): Promise<IdempotentRequest | null> {
    if (key === undefined) return null;
    return this.requests.identify(tenantId, { key, act, body: JSON.parse(JSON.stringify(body)) as Json });
  }
}

/** Marks an answer that repeats an earlier one. */
export function markReplayed(reply: FastifyReply, replayed: boolean): void {
  if (replayed) void reply.header('Idempotency-Replayed', 'true');
}
