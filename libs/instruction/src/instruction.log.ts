import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller, type CountableEvent, CountedLog, type Counting } from '@personr/audit';
import { type ApiClientId, Clock, type DomainError } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type NewInstruction } from './instruction.js';
import { type InstructionEvent } from './instruction.events.js';
import { type InstructionInsert } from './accepted-instruction.repository.js';

/** Who was refused, as which credential. */
type Refusee = Caller & { readonly clientId: ApiClientId };

/** Of what a client is refused a minute at one route for one reason, the first ten have an entry each. */
const A_MINUTE: Counting = { singly: 10, seconds: 60 };

/** What the tenant's log says of an order that comes in. */
@Injectable()
export class InstructionLog {
  private readonly told = new WeakSet<DomainError>();

  constructor(
    private readonly audit: AuditLog,
    private readonly counted: CountedLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Notes the acceptances in the caller's transaction, each as what came with its own request, or with the caller's. The
   * commitment stands for the written order.
   */
  async accepted(
    tx: TenantTx,
    caller: Caller,
    orders: readonly (InstructionInsert & OwnRequest)[],
  ): Promise<void> {
    await this.audit.appendAll(
      tx,
      orders.map((order) => acceptanceOf(withOwn(caller, order), order)),
    );
  }

  /**
   * Notes in the caller's transaction what the tenant was refused; nothing else is to be locked in it after. Once it has
   * committed, `remember` what was told.
   */
  async refusedAll(tx: TenantTx, caller: Refusee, refused: readonly Refused[]): Promise<void> {
    await this.counted.noteIn(tx, this.countable(caller, refused));
  }

  /** These refusals have their entries: `refused` writes none for them. */
  remember(refusals: readonly DomainError[]): void {
    for (const refusal of refusals) this.told.add(refusal);
  }

  /**
   * Notes in a transaction of its own what the tenant was refused: the code, and the kind of order when
   * it is known. One refusal leaves one entry, however often it is told of; a flood of them is counted.
   */
  async refused(caller: Refusee, refusal: DomainError, order?: NewInstruction): Promise<void> {
    if (this.told.has(refusal)) return;
    await this.counted.note(caller.tenantId, this.countable(caller, [{ refusal, order }]));
    this.remember([refusal]);
  }

  private countable(caller: Refusee, refused: readonly Refused[]): CountableEvent[] {
    const at = this.clock.now();
    const { clientId, route = 'none' } = caller;
    return refused.map((one) => ({
      event: refusalEvent(withOwn(caller, one), one, at),
      clientId,
      route,
      counting: A_MINUTE,
    }));
  }
}

/** What came with a request of its own says with which. */
type OwnRequest = { readonly requestId?: string | undefined };

type Refused = OwnRequest & { readonly refusal: DomainError; readonly order: NewInstruction | undefined };

const withOwn = (caller: Caller, { requestId = caller.requestId }: OwnRequest): Caller =>
  requestId === undefined ? caller : { ...caller, requestId };

const refusalEvent = (caller: Caller, { refusal, order }: Refused, at: Date): InstructionEvent => ({
  event: 'instruction.refused',
  at,
  ...by(caller),
  reasonCode: refusal.code,
  detail: {
    ...(caller.route === undefined ? {} : { route: caller.route }),
    ...(order === undefined ? {} : { type: order.type, basis: order.basis }),
  },
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
    ...(order.exportOrder?.waiver === undefined ? {} : { waiver: order.exportOrder.waiver }),
  },
});
