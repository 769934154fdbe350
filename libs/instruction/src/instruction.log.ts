import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, type DomainError } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type NewInstruction } from './instruction.js';
import { type InstructionEvent } from './instruction.events.js';
import { type InstructionInsert } from './accepted-instruction.repository.js';

/** What the tenant's log says of an order that comes in. */
@Injectable()
export class InstructionLog {
  private readonly told = new WeakSet<DomainError>();

  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Notes the acceptances in the caller's transaction. The commitment stands for the written order. */
  async accepted(tx: TenantTx, caller: Caller, orders: readonly InstructionInsert[]): Promise<void> {
    await this.audit.appendAll(
      tx,
      orders.map((order) => acceptanceOf(caller, order)),
    );
  }

  /** Notes in the caller's transaction what the tenant was refused. Once it has committed, `remember` what was told. */
  async refusedAll(tx: TenantTx, caller: Caller, refused: readonly Refused[]): Promise<void> {
    const at = this.clock.now();
    await this.audit.appendAll(
      tx,
      refused.map((one) => refusalEvent(caller, one, at)),
    );
  }

  /** These refusals have their entries: `refused` writes none for them. */
  remember(refusals: readonly DomainError[]): void {
    for (const refusal of refusals) this.told.add(refusal);
  }

  /**
   * Notes in a transaction of its own what the tenant was refused: the code, and the kind of order when
   * it is known. One refusal leaves one entry, however often it is told of.
   */
  async refused(caller: Caller, refusal: DomainError, order?: NewInstruction): Promise<void> {
    if (this.told.has(refusal)) return;
    this.remember([refusal]);
    await this.tenancy.forTenant(caller.tenantId, (tx) => this.refusedAll(tx, caller, [{ refusal, order }]));
  }
}

type Refused = { readonly refusal: DomainError; readonly order: NewInstruction | undefined };

const refusalEvent = (caller: Caller, { refusal, order }: Refused, at: Date): InstructionEvent => ({
  event: 'instruction.refused',
  at,
  ...by(caller),
  reasonCode: refusal.code,
  ...(order === undefined ? {} : { detail: { type: order.type, basis: order.basis } }),
});

const acceptanceOf = (caller: Caller, order: InstructionInsert): InstructionEvent => ({
  event: 'instruction.accepted',
  at: order.acceptedAt,
  ...by(caller),
  instructionId: order.id,
  ...(order.subjectRef === null ? {} : { subjectRef: order.subjectRef }),
  to: order.state,
  policyVersion: order.policyVersion,
  commitment: order.writing.commitment,
  detail: {
    type: order.type,
    basis: order.basis,
    agreementId: order.agreementId,
    instructorId: order.instructorId,
    transitions: order.history.map(({ to }) => to),
    flags: order.flags,
    ...(order.urgent ? { urgent: true } : {}),
  },
});
