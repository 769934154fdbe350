import { type ApiClientId, type InstructionId } from '@personr/kernel';
import { collectedFrom, type Deadline, deadlinesOf, type ExportOrder } from '@personr/law';
import { type InstructionInsert } from './accepted-instruction.repository.js';
import { type InstructionView, type NewInstruction } from './instruction.js';
import { type Footing } from './judge-orders.js';
import { type Move, transitionsAlong } from './move-instruction.js';
import { type Target } from './resolve-subjects.js';

/** What an instruction is made of when it is accepted. */
export type Acceptance = {
  readonly id: InstructionId;
  readonly clientId: ApiClientId;
  readonly order: NewInstruction;
  readonly footing: Footing;
  readonly target: Exclude<Target, { readonly kind: 'ERASED' }>;
};

/** The instruction as it is written: its moves so far, its clocks, and whether it comes too late already. */
export function toInsert({
  id,
  clientId,
  order,
  footing,
  target,
}: Acceptance): Omit<InstructionInsert, 'writing'> {
  const { at: acceptedAt, policy, agreementId, instructorId } = footing;
  const history = transitionsAlong(null, movesOf(order, target), acceptedAt);
  const receivedAt = order.consumerRequest?.receivedAt ?? acceptedAt;
  const deadlines = deadlinesOf({ ...order, receivedAt, acceptedAt, policy });
  return {
    id,
    type: order.type,
    basis: order.basis,
    state: history.at(-1)?.to ?? 'RECEIVED',
    flags: flagsOf(order, deadlines, acceptedAt),
    subjectId: target.kind === 'HELD' ? target.subjectId : null,
    subjectRef: target.kind === 'HELD' ? target.subjectRef : null,
    apiClientId: clientId,
    agreementId,
    instructorId,
    scopeElements: order.scopeElements,
    urgent: order.urgent,
    wholeTenant: false,
    exportOrder: exportOrderOf(order, { receivedAt, policy }),
    consumerRequest: order.consumerRequest,
    verification: order.verification,
    policyVersion: policy.version,
    acceptedAt,
    history,
    deadlines,
  };
}

/** What is to be known of an order at a glance. */
function flagsOf({ export: asked }: NewInstruction, deadlines: readonly Deadline[], at: Date): string[] {
  const isOverdue = deadlines.some(({ lateFrom }) => lateFrom <= at);
  return [...(isOverdue ? ['OVERDUE'] : []), ...(asked?.notice === undefined ? [] : [asked.notice])];
}

/** What is returned goes to the Business, complete and of all ages. */
export const RETURNED: ExportOrder = {
  content: 'SPECIFIC_PIECES',
  audience: 'BUSINESS',
  collectedFrom: null,
};

/** How far the answer goes back is settled when it is ordered, by the policy of that day. */
function exportOrderOf(
  { type, export: asked, return: sent }: NewInstruction,
  received: { readonly receivedAt: Date; readonly policy: Footing['policy'] },
): ExportOrder | null {
  if (type === 'RETURN') return { ...RETURNED, ...sent };
  if (asked == null) return null;
  const { content, audience, lookback, waiver, notice, encryptTo = null } = asked;
  const from = collectedFrom(lookback, { audience, ...received });
  return {
    content,
    audience,
    collectedFrom: from?.toISOString() ?? null,
    encryptTo,
    ...(waiver == null ? {} : { waiver }),
    ...(notice === undefined ? {} : { notice }),
  };
}

/** The view of what has just been written, without reading it back. */
export const viewOf = ({ writing, history, deadlines, ...row }: InstructionInsert): InstructionView => ({
  instruction: {
    ...row,
    writingCommitment: writing.commitment,
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
  transfer: null,
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
