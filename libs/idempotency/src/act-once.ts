import { Injectable } from '@nestjs/common';
import { type Id, type TenantId } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type RequestIdentity } from './idempotent-request.js';
import { IdempotentRequests } from './idempotent-requests.js';

/** An act that makes one thing, and how that thing is found again by its id, which throws when it is gone. */
export type Making<Made extends { readonly id: Id<string> }> = {
  readonly act: (tx: TenantTx) => Promise<Made>;
  readonly find: (id: Made['id']) => Promise<Made>;
};

/** Lets an act that makes one thing take effect once a key, in a transaction of its own. */
@Injectable()
export class ActOnce {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly requests: IdempotentRequests,
  ) {}

  /** Makes the thing, or finds what an earlier request of the same key made. Throws what both do, and what `begin` of idempotency does. */
  async run<Made extends { readonly id: Id<string> }>(
    tenantId: TenantId,
    identity: RequestIdentity | null,
    { act, find }: Making<Made>,
  ): Promise<{ readonly made: Made; readonly replayed: boolean }> {
    const request = await this.requests.identify(tenantId, identity);
    const answer = await this.tenancy.forTenant(tenantId, (tx) =>
      this.requests.once<Made | Made['id']>(tx, request, {
        act: async () => {
          const made = await act(tx);
          return { answer: made, resourceIds: [made.id], status: 201 };
        },
        replay: ({ resourceIds: [id] }) => id as Made['id'],
      }),
    );
    if (typeof answer !== 'string') return { made: answer, replayed: false };
    return { made: await find(answer), replayed: true };
  }
}
