import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, type Id, newId, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { endLong, takeLong } from './idempotency.repository.js';
import { type IdempotentRequest } from './idempotent-request.js';
import { stillRunning } from './idempotent-requests.js';

/** After so long the place of whoever died in it is free. */
const LEASE_MILLISECONDS = 15_000;

/** The place of a request that somebody is answering. */
export type LongRequest = {
  /** Keeps the place for another fifteen seconds, if it still is ours. */
  keep(): Promise<void>;
  /** Gives the place free. Safe to call again. */
  end(): Promise<void>;
};

/** Lets a request that goes on over many transactions be answered by one at a time, of however many processes. */
@Injectable()
export class LongRequests {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
  ) {}

  /** Takes the request's place for fifteen seconds. Throws `IDEMPOTENCY_IN_PROGRESS` while somebody has it. */
  async begin(tenantId: TenantId, { tag }: IdempotentRequest): Promise<LongRequest> {
    const place = {
      tags: [tag.today, ...(tag.yesterday === null ? [] : [tag.yesterday])].map(placeOf),
      holder: newId<'holder'>(this.clock.now()),
    };
    const take = () => this.take(tenantId, place);
    if (!(await take())) throw stillRunning();
    return {
      keep: async () => {
        await take();
      },
      end: () => this.tenancy.forTenant(tenantId, (tx) => endLong(tx, place)),
    };
  }

  private take(
    tenantId: TenantId,
    place: { readonly tags: readonly Uint8Array[]; readonly holder: Id<'holder'> },
  ): Promise<boolean> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + LEASE_MILLISECONDS);
    return this.tenancy.forTenant(tenantId, (tx) => takeLong(tx, { ...place, now, until }));
  }
}

/** The name of the place, beside that of the answer. */
const placeOf = (tag: Uint8Array): Buffer => createHash('sha256').update('running\n').update(tag).digest();
