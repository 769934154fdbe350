import { Injectable } from '@nestjs/common';
import { IdempotentRequests, type RequestIdentity } from '@personr/idempotency';
import { type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';

/** Keeps what a batch as a whole was sent as, so that its key means one batch. */
@Injectable()
export class BeginBatch {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly requests: IdempotentRequests,
  ) {}

  /**
   * Says whether this batch was begun before under its key; one without a key never was. It may go on in either case:
   * each of its lines has one effect under a key of its own. Throws what idempotency's `begin` throws.
   */
  async run(tenantId: TenantId, identity: RequestIdentity | null): Promise<{ begunBefore: boolean }> {
    const request = await this.requests.identify(tenantId, identity);
    return this.tenancy.forTenant(tenantId, (tx) =>
      this.requests.once<{ begunBefore: boolean }>(tx, request, {
        act: () => Promise.resolve({ answer: { begunBefore: false }, resourceIds: [], status: 200 }),
        replay: () => ({ begunBefore: true }),
      }),
    );
  }
}
