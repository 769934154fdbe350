import { DomainError } from '@personr/kernel';

/** Where an instruction is in its life. Overdue, extended and blocked are flags, not states. */
export type InstructionState =
  | 'RECEIVED'
  | 'REJECTED'
  | 'ACKNOWLEDGED'
  | 'AWAITING_VERIFICATION'
  | 'VERIFIED'
  | 'SCOPED'
  | 'NO_DATA'
  | 'UNDER_REVIEW'
  | 'AWAITING_FEE'
  | 'ON_HOLD'
  | 'APPROVED'
  | 'QUEUED'
  | 'PACKAGING'
  | 'DELIVERING'
  | 'AWAITING_TRANSFER_ACK'
  | 'APPLYING'
  | 'ERASING'
  | 'ERASING_BACKUPS'
  | 'AWAITING_SUBPROCESSORS'
  | 'VERIFYING_ERASURE'
  | 'RESPONDING'
  | 'DENIED'
  | 'RESPONDED'
  | 'COMPLETED'
  | 'COMPLETED_WITH_EXCEPTIONS'
  | 'CLOSED_DENIED'
  | 'CLOSED_NO_DATA'
  | 'CANCELLED';

const NEXT: Readonly<Record<InstructionState, readonly InstructionState[]>> = {
  RECEIVED: ['REJECTED', 'ACKNOWLEDGED'],
  REJECTED: [],
  ACKNOWLEDGED: ['AWAITING_VERIFICATION', 'VERIFIED', 'SCOPED'],
  AWAITING_VERIFICATION: ['VERIFIED', 'DENIED'],
  VERIFIED: ['SCOPED'],
  SCOPED: ['NO_DATA', 'UNDER_REVIEW'],
  NO_DATA: ['RESPONDED'],
  UNDER_REVIEW: ['AWAITING_FEE', 'APPROVED', 'DENIED', 'ON_HOLD'],
  AWAITING_FEE: ['UNDER_REVIEW', 'DENIED'],
  ON_HOLD: ['UNDER_REVIEW'],
  APPROVED: ['ON_HOLD', 'CANCELLED', 'QUEUED', 'PACKAGING', 'ERASING', 'APPLYING', 'NO_DATA'],
  QUEUED: ['APPROVED'],
  PACKAGING: ['DELIVERING', 'NO_DATA'],
  DELIVERING: ['RESPONDING', 'AWAITING_TRANSFER_ACK'],
  AWAITING_TRANSFER_ACK: ['ERASING', 'PACKAGING'],
  APPLYING: ['AWAITING_SUBPROCESSORS'],
  ERASING: ['ERASING_BACKUPS'],
  ERASING_BACKUPS: ['AWAITING_SUBPROCESSORS'],
  AWAITING_SUBPROCESSORS: ['VERIFYING_ERASURE', 'RESPONDING'],
  VERIFYING_ERASURE: ['RESPONDING', 'ERASING'],
  RESPONDING: ['RESPONDED'],
  DENIED: ['RESPONDED'],
  RESPONDED: ['COMPLETED', 'COMPLETED_WITH_EXCEPTIONS', 'CLOSED_DENIED', 'CLOSED_NO_DATA'],
  COMPLETED: [],
  COMPLETED_WITH_EXCEPTIONS: ['ERASING'],
  CLOSED_DENIED: [],
  CLOSED_NO_DATA: [],
  CANCELLED: [],
};

const ENDED: readonly InstructionState[] = [
  'REJECTED',
  'COMPLETED',
  'COMPLETED_WITH_EXCEPTIONS',
  'CLOSED_DENIED',
  'CLOSED_NO_DATA',
  'CANCELLED',
];

/** Every state, in the order of the life. */
export const INSTRUCTION_STATES = Object.keys(NEXT) as readonly InstructionState[];

/** Moves an instruction along its life, or throws `ILLEGAL_TRANSITION`. */
export function advance(from: InstructionState, to: InstructionState): InstructionState {
  if (!NEXT[from].includes(to)) {
    throw new DomainError('ILLEGAL_TRANSITION', `An instruction cannot go from ${from} to ${to}.`);
  }
  return to;
}

/** Says whether the instruction has ended: it has a receipt or will have one as soon as its entry is in the log. */
export const isFinal = (state: InstructionState): boolean => ENDED.includes(state);
