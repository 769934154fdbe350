import { Injectable } from '@nestjs/common';
import { type Caller } from '@personr/audit';
import { type EarlierAnswer, IdempotentRequests, type RequestIdentity } from '@personr/idempotency';
import {
  type ApiClientId,
  DomainError,
  type InstructionId,
  isDomainError,
  newId,
  type SubjectId,
} from '@personr/kernel';
import { assertVerified, deadlinesOf } from '@personr/law';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { enqueueWork } from '@personr/work';
import { assertWritten } from './acceptable.js';
import { type InstructionView, type NewInstruction } from './instruction.js';
import { InstructionLog } from './instruction.log.js';
import { findInstructionView, insertInstruction, type InstructionInsert } from './instruction.repository.js';
import { type Footing, JudgeOrder } from './judge-order.js';
import { type Move, transitionsAlong } from './move-instruction.js';
import { ResolveSubject, type Target } from './resolve-subject.js';
import { SealWriting } from './seal-writing.js';

/** What came of an instruction: a new one, an earlier one of the same key, or the one that erased the subject. */
export type Accepted = {
  readonly view: InstructionView;
  readonly outcome: 'ACCEPTED' | 'REPLAYED' | 'ALREADY_ERASED';
};

/** Takes a tenant's written order in. */
@Injectable()
export class AcceptInstruction {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly judgeOrder: JudgeOrder,
    private readonly resolveSubject: ResolveSubject,
    private readonly sealWriting: SealWriting,
    private readonly idempotentRequests: IdempotentRequests,
    private readonly log: InstructionLog,
  ) {}

  /**
   * Records the instruction, its clocks, its entry and its place in the work together, or none of them. Who the
   * person is is resolved now; the identities that were sent are not kept. A refusal leaves one entry and no
   * instruction. Throws what `assertWritten`, `JudgeOrder`, `assertVerified` and idempotency's `begin` throw, and
   * `SUBJECT_NOT_FOUND`, `SUBJECT_AMBIGUOUS`.
   */
  async run(
    caller: Caller & { clientId: ApiClientId },
    order: NewInstruction,
    identity: RequestIdentity | null,
  ): Promise<Accepted> {
    try {
      return await this.accept(caller, order, identity);
    } catch (error) {
      if (isDomainError(error)) await this.log.refused(caller, error, order);
      throw error;
    }
  }

  private async accept(
    caller: Caller & { clientId: ApiClientId },
    order: NewInstruction,
    identity: RequestIdentity | null,
  ): Promise<Accepted> {
    assertWritten(order);
    const [request, candidates] = await Promise.all([
      this.idempotentRequests.identify(caller.tenantId, identity),
      this.resolveSubject.candidates(caller.tenantId, order),
    ]);
    return this.tenancy.forTenant(caller.tenantId, (tx) =>
      this.idempotentRequests.once<Accepted>(tx, request, {
        act: () => this.write(tx, caller, order, candidates),
        // A replay is answered as it was, whatever has become of the subject since.
        replay: ({ resourceIds: [id], status }) =>
          answerAgain(tx, id, status === 200 ? 'ALREADY_ERASED' : 'REPLAYED'),
      }),
    );
  }

  private async write(
    tx: TenantTx,
    caller: Caller & { clientId: ApiClientId },
    order: NewInstruction,
    candidates: readonly SubjectId[],
  ): Promise<EarlierAnswer & { answer: Accepted }> {
    const footing = await this.judgeOrder.run(tx, caller.clientId, order);
    const { at: acceptedAt, policy } = footing;
    const target = await this.resolveSubject.settle(tx, order, candidates);
    if (target.kind === 'ERASED') {
      const answer = await answerAgain(tx, target.by, 'ALREADY_ERASED');
      return { answer, resourceIds: [target.by], status: 200 };
    }
    assertVerified({
      ...order,
      elements: target.kind === 'HELD' ? target.elements : [],
      atLeast: policy.deleteVerification === 'REASONABLY_HIGH' ? 'REASONABLY_HIGH' : undefined,
    });
    const id: InstructionId = newId(acceptedAt);
    const { commitment, ...writing } = await this.sealWriting.run(caller.tenantId, id, order.writing);
    const insert = toInsert({ id, clientId: caller.clientId, footing }, order, target);
    await insertInstruction(tx, { ...insert, writing: { ...writing, commitment } });
    await this.log.accepted(tx, caller, { ...insert, commitment });
    await enqueueWork(tx, { kind: 'EXECUTE_INSTRUCTION', referenceId: id, dueAt: acceptedAt });
    const answer: Accepted = { outcome: 'ACCEPTED', view: viewOf(insert, commitment) };
    return { answer, resourceIds: [id], status: 202 };
  }
}

async function answerAgain(
  tx: TenantTx,
  id: string | undefined,
  outcome: 'REPLAYED' | 'ALREADY_ERASED',
): Promise<Accepted> {
  const view = await findInstructionView(tx, id as InstructionId);
  if (view === null) throw new DomainError('INSTRUCTION_NOT_FOUND', 'There is no such instruction.');
  return { outcome, view };
}

/** The view of what has just been written, without reading it back. */
const viewOf = (
  { history, deadlines, ...row }: Omit<InstructionInsert, 'writing'>,
  writingCommitment: string,
): InstructionView => ({
  instruction: {
    ...row,
    writingCommitment,
    finishedAt: null,
    sealedAt: null,
    unreadableAt: null,
    erasedAt: null,
    unguessableDueAt: null,
    unguessableAt: null,
  },
  history,
  deadlines: deadlines.map((deadline) => ({ ...deadline, metAt: null })),
  steps: [],
});

/** The moves that acceptance makes by itself: policy `approval = AUTOMATIC`, nothing in the way. */
function movesOf(order: NewInstruction, target: Target): Move[] {
  return [
    { event: 'instruction.accepted', to: 'RECEIVED' },
    { event: 'instruction.acknowledged', to: 'ACKNOWLEDGED' },
    ...(order.basis === 'CONSUMER_REQUEST'
      ? ([{ event: 'verification.passed', to: 'VERIFIED' }] as const)
      : []),
    { event: 'instruction.scoped', to: 'SCOPED' },
    ...(target.kind === 'HELD'
      ? ([
          { event: 'review.started', to: 'UNDER_REVIEW' },
          { event: 'instruction.approved', to: 'APPROVED' },
        ] as const)
      : ([{ event: 'instruction.no_data', to: 'NO_DATA' }] as const)),
  ];
}

function toInsert(
  { id, clientId, footing }: { id: InstructionId; clientId: ApiClientId; footing: Footing },
  order: NewInstruction,
  target: Target,
): Omit<InstructionInsert, 'writing'> {
  const { at: acceptedAt, policy, agreementId, instructorId } = footing;
  const history = transitionsAlong(null, movesOf(order, target), acceptedAt);
  const receivedAt = order.consumerRequest?.receivedAt ?? acceptedAt;
  const deadlines = deadlinesOf({ ...order, receivedAt, acceptedAt, policy });
  const overdue = deadlines.some(({ lateFrom }) => lateFrom <= acceptedAt);
  return {
    id,
    type: order.type,
    basis: order.basis,
    state: history.at(-1)?.to ?? 'RECEIVED',
    flags: overdue ? ['OVERDUE'] : [],
    subjectId: target.kind === 'HELD' ? target.subjectId : null,
    subjectRef: target.kind === 'HELD' ? target.subjectRef : null,
    apiClientId: clientId,
    agreementId,
    instructorId,
    scopeElements: order.scopeElements,
    consumerRequest: order.consumerRequest,
    verification: order.verification,
    policyVersion: policy.version,
    acceptedAt,
    history,
    deadlines,
  };
}
