import { Injectable } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { noticeInForce, POLICY_DEFAULTS } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type TermsInForce } from './terms.js';

/** Reads what was agreed with a tenant. */
@Injectable()
export class TermsReader {
  constructor(private readonly clock: Clock) {}

  /** The terms in force now, read afresh. Throws `CATEGORY_NOT_IN_NOTICE` before the first notice. */
  async inForce(tx: TenantTx): Promise<TermsInForce> {
    const at = this.clock.now();
    await tx.$queryRaw`select 1 from tenant where id = ${tx.tenantId}::uuid`;
    return { notice: noticeInForce(at), policy: POLICY_DEFAULTS };
  }
}
