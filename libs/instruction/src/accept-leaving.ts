import { Injectable } from '@nestjs/common';
import { type EarlierAnswer, IdempotentRequests, type RequestIdentity } from '@personr/idempotency';
import { DomainError, type InstructionId, isDomainError, newId } from '@personr/kernel';
import { assertInstructable, deadlinesOf, type ExportOrder } from '@personr/law';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { assertMayInstruct, decideLeaving, markLeaving, TermsReader } from '@personr/terms';
import { enqueueWork } from '@personr/work';
import { assertAcceptable, assertWritten } from './acceptable.js';
import { type Accepted } from './accept-instruction.js';
import { RETURNED } from './accepted-instruction.js';
import { insertInstructions, type InstructionInsert } from './accepted-instruction.repository.js';
import { type NewInstruction } from './instruction.js';
import { KeepIntents } from './keep-intents.js';
import { InstructionLog } from './instruction.log.js';
import { findInstruction, findInstructionView } from './instruction.repository.js';
import { type Move, transitionsAlong } from './move-instruction.js';
import { SealWriting } from './seal-writing.js';
import { type Orderer } from './write-instructions.js';

/** A Business's written order to erase everything that is held for it, or to return and then erase it. */
export type LeavingOrder = Omit<NewInstruction, 'subject'>;

/** Says that nothing is taken in any more: what is returned is all there is, and nothing comes after it. */
export const INTAKE_CLOSED = 'INTAKE_CLOSED';

/** Takes in the order by which a tenant leaves. */
@Injectable()
export class AcceptLeaving {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly terms: TermsReader,
    private readonly sealWriting: SealWriting,
    private readonly requests: IdempotentRequests,
    private readonly intents: KeepIntents,
    private readonly log: InstructionLog,
  ) {}

  /**
   * Records the instruction, its clocks, its entry and its place in the work together, and that the tenant leaves: from
   * the commit on nothing is taken in. A second order is answered by the first. A refusal leaves one entry. Throws
   * `SCOPE_INVALID` unless it is a DELETE or a RETURN of everything at the agreement's end by a client of ours, and a RETURN
   * is left for download; `TRANSFER_NOT_ACKNOWLEDGED` while a RETURN has not ended, and what an instruction's acceptance throws.
   */
  async run(orderer: Orderer, order: LeavingOrder, identity: RequestIdentity | null): Promise<Accepted> {
    const asked: NewInstruction = { ...order, subject: { by: 'IDENTITIES', identities: [] } };
    try {
      assertWhole(asked);
      assertWritten(asked);
      const request = await this.requests.identify(orderer.tenantId, identity);
      const accepted = await this.tenancy.forTenant(orderer.tenantId, (tx) =>
        this.requests.once<Accepted>(tx, request, {
          act: () => this.accept(tx, orderer, asked),
          replay: ({ resourceIds: [id], status }) =>
            answered(tx, id as InstructionId, status === 200 ? 'ALREADY_ERASED' : 'REPLAYED'),
        }),
      );
      await this.intents.run(orderer.tenantId, [accepted.view.instruction.id]);
      return accepted;
    } catch (error) {
      if (isDomainError(error)) await this.log.refused(orderer, error, asked);
      throw error;
    }
  }

  private async accept(
    tx: TenantTx,
    orderer: Orderer,
    order: NewInstruction,
  ): Promise<EarlierAnswer & { answer: Accepted }> {
    const { by, isClient } = await decideLeaving(tx);
    if (!isClient) throw new DomainError('SCOPE_INVALID', 'Our own Business has no agreement to leave by.');
    const { at, standing, agreementId, policy } = await this.terms.inForce(tx);
    if (by === null) assertInstructable(standing, order.type);
    assertAcceptable(order, { policy, at });
    const { instructorId: named } = order.writing;
    const { clientId } = orderer;
    const instructorId = await assertMayInstruct(tx, { clientId, instructorId: named, type: order.type, at });
    if (by !== null) return repeated(tx, by, order);
    await assertNothingReturned(tx);
    const id: InstructionId = newId(at);
    const [writing] = await this.sealWriting.run(tx.tenantId, [{ id, writing: order.writing }]);
    if (writing === undefined) throw new Error('every order is sealed');
    await this.write(tx, orderer, {
      ...order,
      id,
      state: 'APPROVED',
      flags: order.type === 'RETURN' ? [INTAKE_CLOSED] : [],
      subjectId: null,
      subjectRef: null,
      wholeTenant: true,
      exportOrder: returnedOf(order),
      apiClientId: clientId,
      agreementId,
      instructorId,
      policyVersion: policy.version,
      acceptedAt: at,
      history: transitionsAlong(null, MOVES, at),
      deadlines: deadlinesOf({ ...order, receivedAt: at, acceptedAt: at, policy }),
      writing,
    });
    return { answer: await answered(tx, id, 'ACCEPTED'), resourceIds: [id], status: 202 };
  }

  private async write(tx: TenantTx, orderer: Orderer, insert: InstructionInsert): Promise<void> {
    await insertInstructions(tx, [insert]);
    await markLeaving(tx, insert.id);
    await this.log.accepted(tx, orderer, [insert]);
    await enqueueWork(tx, {
      kind: 'EXECUTE_INSTRUCTION',
      referenceId: insert.id,
      dueAt: insert.acceptedAt,
      lane: insert.urgent ? 'URGENT' : 'INTERACTIVE',
    });
  }
}

const MOVES: readonly Move[] = [
  { event: 'instruction.accepted', to: 'RECEIVED' },
  { event: 'instruction.acknowledged', to: 'ACKNOWLEDGED' },
  { event: 'instruction.scoped', to: 'SCOPED' },
  { event: 'review.started', to: 'UNDER_REVIEW' },
  { event: 'instruction.approved', to: 'APPROVED' },
];

function assertWhole({ type, basis, scopeElements, return: sent }: NewInstruction): void {
  const isMeant = (type === 'DELETE' || type === 'RETURN') && basis === 'AGREEMENT_END';
  if (!isMeant || scopeElements.length > 0)
    throw new DomainError(
      'SCOPE_INVALID',
      'Everything is erased by a DELETE, or returned by a RETURN, of basis AGREEMENT_END, without a scope of elements.',
    );
  if (sent != null && sent.endpointId !== null)
    throw new DomainError(
      'SCOPE_INVALID',
      'What is returned of everything is taken part by part, and brought to no endpoint.',
    );
}

/** A second order is answered by the first; that to erase what is being returned waits for its acknowledgement. */
async function repeated(
  tx: TenantTx,
  by: InstructionId,
  { type }: NewInstruction,
): Promise<EarlierAnswer & { answer: Accepted }> {
  const first = await findInstruction(tx, by);
  if (type === 'DELETE' && first?.type !== 'DELETE') await assertNothingReturned(tx);
  return { answer: await answered(tx, by, 'ALREADY_ERASED'), resourceIds: [by], status: 200 };
}

const returnedOf = ({ type, return: sent }: NewInstruction): ExportOrder | null =>
  type === 'RETURN' ? { ...RETURNED, endpointId: null, encryptTo: sent?.encryptTo ?? null } : null;

/** What is being returned is not erased before it has arrived. */
async function assertNothingReturned(tx: TenantTx): Promise<void> {
  const open = await tx.bulk`
    select from instruction where tenant_id = ${tx.tenantId} and type = 'RETURN' and finished_at is null limit 1`;
  if (open.length === 0) return;
  throw new DomainError(
    'TRANSFER_NOT_ACKNOWLEDGED',
    'A RETURN has not ended yet: acknowledge what was sent first.',
  );
}

async function answered(tx: TenantTx, id: InstructionId, outcome: Accepted['outcome']): Promise<Accepted> {
  const view = await findInstructionView(tx, id);
  if (view === null) throw new DomainError('INSTRUCTION_NOT_FOUND', 'There is no such instruction.');
  return { outcome, view };
}
