import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, type DomainError } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type NewInstruction } from './instruction.js';
import { type InstructionEvent } from './instruction.events.js';
import { type InstructionInsert } from './instruction.repository.js';

/** What the tenant's log says of an order that comes in. */
@Injectable()
export class InstructionLog {
  private readonly told = new WeakSet<DomainError>();

  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Notes the acceptance in the caller's transaction. `commitment` stands for the written order. */
  async accepted(
    tx: TenantTx,
    caller: Caller,
    order: Omit<InstructionInsert, 'writing'> & { readonly commitment: string },
  ): Promise<void> {
    const event: InstructionEvent = {
      event: 'instruction.accepted',
      at: order.acceptedAt,
      ...by(caller),
      instructionId: order.id,
      ...(order.subjectRef === null ? {} : { subjectRef: order.subjectRef }),
      to: order.state,
      policyVersion: order.policyVersion,
      commitment: order.commitment,
      detail: {
        type: order.type,
        basis: order.basis,
        agreementId: order.agreementId,
        instructorId: order.instructorId,
        transitions: order.history.map(({ to }) => to),
        flags: order.flags,
      },
    };
    await this.audit.append(tx, event);
  }

  /**
   * Notes in a transaction of its own what the tenant was refused: the code, and the kind of order when
   * it is known. One refusal leaves one entry, however often it is told of.
   */
  async refused(caller: Caller, refusal: DomainError, order?: NewInstruction): Promise<void> {
    if (this.told.has(refusal)) return;
    this.told.add(refusal);
    const event: InstructionEvent = {
      event: 'instruction.refused',
      at: this.clock.now(),
      ...by(caller),
      reasonCode: refusal.code,
      ...(order === undefined ? {} : { detail: { type: order.type, basis: order.basis } }),
    };
    await this.tenancy.forTenant(caller.tenantId, (tx) => this.audit.append(tx, event));
  }
}
