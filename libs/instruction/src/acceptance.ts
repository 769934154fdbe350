import { type RequestIdentity } from '@personr/idempotency';
import { type DomainError, isDomainError } from '@personr/kernel';
import { type Instruction, type InstructionView, type NewInstruction } from './instruction.js';

/**
 * One order of several: with its key, if it has one, or refused before it came to this room. `requestId` is that of the
 * request it came with by itself; without it, it came with its orderer's.
 */
export type OrderLine =
  | {
      readonly order: NewInstruction;
      readonly identity: RequestIdentity | null;
      readonly requestId?: string | undefined;
    }
  | { readonly refused: DomainError };

/** What came of an instruction: a new one, an earlier one of the same key, or the one that erased the subject. */
export type AcceptOutcome = 'ACCEPTED' | 'REPLAYED' | 'ALREADY_ERASED';

/** An instruction as it is answered. The view is there only when it has just been written. */
export type AcceptedLine = {
  readonly outcome: AcceptOutcome;
  readonly instruction: Instruction;
  readonly view: InstructionView | null;
};

/** What a line came to, or why it was refused: then nothing of it was kept but the entry of its refusal. */
export type LineOutcome = AcceptedLine | DomainError;

/** What was made, or the refusal that was thrown instead. Throws what is none of ours. */
export function orRefusal<T>(work: () => T): T | DomainError {
  try {
    return work();
  } catch (error) {
    if (isDomainError(error)) return error;
    throw error;
  }
}

/** Why the check refuses, or null. */
export const refusalOf = (check: () => void): DomainError | null => orRefusal(check) ?? null;
