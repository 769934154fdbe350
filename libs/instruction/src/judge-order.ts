import { Injectable } from '@nestjs/common';
import { type ApiClientId } from '@personr/kernel';
import { assertInstructable, type Policy } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type AgreementId, assertMayInstruct, type InstructorId, TermsReader } from '@personr/terms';
import { assertAcceptable } from './acceptable.js';
import { type NewInstruction } from './instruction.js';

/** What an order rests on: the instant it was judged at, the agreement, who gave it, and the policy. */
export type Footing = {
  readonly at: Date;
  readonly agreementId: AgreementId | null;
  readonly instructorId: InstructorId | null;
  readonly policy: Policy;
};

/** Judges an order by what was agreed with the tenant. */
@Injectable()
export class JudgeOrder {
  constructor(private readonly terms: TermsReader) {}

  /**
   * What the order rests on, read afresh in the caller's transaction. Throws `AGREEMENT_NOT_IN_FORCE` without an
   * agreement in force, but for DELETE and RETURN in the wind-down, `INSTRUCTOR_NOT_AUTHORISED`, and
   * what `assertAcceptable` throws.
   */
  async run(tx: TenantTx, clientId: ApiClientId, order: NewInstruction): Promise<Footing> {
    const { at, standing, agreementId, policy } = await this.terms.inForce(tx);
    assertInstructable(standing, order.type);
    assertAcceptable(order, { policy, at });
    const { instructorId } = order.writing;
    const asked = { clientId, instructorId, type: order.type, at };
    return { at, agreementId, instructorId: await assertMayInstruct(tx, asked), policy };
  }
}
