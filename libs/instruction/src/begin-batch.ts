import { Injectable } from '@nestjs/common';
import {
  type IdempotentRequest,
  IdempotentRequests,
  type LongRequest,
  LongRequests,
  type RequestIdentity,
} from '@personr/idempotency';
import { DomainError, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';

/** A batch as its key names it, and whether it was begun before. */
export type NamedBatch = { readonly request: IdempotentRequest | null; readonly begunBefore: boolean };

/**
 * Keeps what a batch as a whole was sent as, so that its key means one batch. It may be sent again and goes on then:
 * each of its lines has one effect under a key of its own.
 */
@Injectable()
export class BeginBatch {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly requests: IdempotentRequests,
    private readonly running: LongRequests,
  ) {}

  /** Looks whether this batch was begun before; one without a key never was. Writes nothing. Throws what `begin` of idempotency throws. */
  async find(tenantId: TenantId, identity: RequestIdentity | null): Promise<NamedBatch> {
    const request = await this.requests.identify(tenantId, identity);
    if (request === null) return { request, begunBefore: false };
    const [earlier] = await this.tenancy.forTenant(tenantId, (tx) => this.requests.earlierAll(tx, [request]));
    if (earlier instanceof DomainError) throw earlier;
    return { request, begunBefore: earlier !== null };
  }

  /** Takes the batch's place while it is answered; null for one without a key. Throws `IDEMPOTENCY_IN_PROGRESS` while it is answered already. */
  async hold(tenantId: TenantId, { request }: NamedBatch): Promise<LongRequest | null> {
    return request === null ? null : this.running.begin(tenantId, request);
  }

  /** Keeps that it was begun. Safe to call again. Throws what `begin` of idempotency throws. */
  async begin(tenantId: TenantId, { request, begunBefore }: NamedBatch): Promise<void> {
    if (request === null || begunBefore) return;
    await this.tenancy.forTenant(tenantId, (tx) =>
      this.requests.once(tx, request, {
        act: () => Promise.resolve({ answer: undefined, resourceIds: [], status: 200 }),
        replay: () => undefined,
      }),
    );
  }
}
