import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, type TenantId } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { Courier, type Delivery } from './courier.js';
import { type Challenge, challengeName, type EndpointId, type EndpointRow } from './endpoint.js';
import { findEndpoint, keepChallenge, lockEndpoint } from './endpoint.repository.js';

const CODE_BYTES = 32;
/** How long a code can be answered. */
const GOOD_MILLISECONDS = 24 * 3_600_000;

/** Sends challenges that were asked for. */
@Injectable()
export class SendChallenge {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly courier: Courier,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes a new code to the endpoint, once, and keeps its hash or why it could not be written; `settle` ends the work in that
   * transaction. Nothing but `settle` happens where no challenge waits any more. Run again after a crash it writes another
   * code over the first, of which nobody knows the hash.
   */
  async run(
    tenantId: TenantId,
    id: EndpointId,
    { settle, signal }: { settle: (tx: TenantTx) => Promise<void>; signal?: AbortSignal },
  ): Promise<void> {
    const row = await this.tenancy.forTenant(tenantId, (tx) => findEndpoint(tx, id));
    if (!isWaiting(row)) return this.tenancy.forTenant(tenantId, settle);
    const code = randomBytes(CODE_BYTES).toString('base64url');
    const text = Buffer.from(`${code}\n`);
    const parcel = { name: challengeName(id), size: text.length, open: () => only(text), signal };
    const delivery = await this.courier.bring(tenantId, row, parcel);
    await this.tenancy.forTenant(tenantId, async (tx) => {
      await settle(tx);
      if (isWaiting(await lockEndpoint(tx, id))) await keepChallenge(tx, id, this.outcome(delivery, code));
    });
  }

  private outcome(delivery: Delivery, code: string): Challenge {
    const base = { sentAt: null, endsAt: null, codeSha256: null, tries: 0 };
    if (!delivery.isDelivered) return { ...base, state: 'FAILED', failure: delivery.reason };
    const sentAt = this.clock.now();
    const endsAt = new Date(sentAt.getTime() + GOOD_MILLISECONDS);
    return { ...base, state: 'SENT', failure: null, sentAt, endsAt, codeSha256: hashOfCode(code) };
  }
}

const isWaiting = (row: EndpointRow | null): row is EndpointRow =>
  row?.challenge?.state === 'ASKED' && row.revokedAt === null;

/** What is kept of a code: 256 random bits need no salt. */
export const hashOfCode = (code: string): Uint8Array => createHash('sha256').update(code).digest();

async function* only(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}
