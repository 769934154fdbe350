import { type SubjectId } from '@personr/kernel';
import { type Instruction } from '@personr/instruction';
import { type Lease } from '@personr/work';

/** The parts of an erasure, in their order. What counts comes first: the keys. */
export const ERASURE_STEPS = ['MARK_ERASING', 'SHRED_KEYS', 'ERASE_STORES', 'SWEEP'] as const;

export type StepName = (typeof ERASURE_STEPS)[number];

/** One run of an instruction by one holder of its lease. */
export type Execution = { readonly lease: Lease; readonly instruction: Instruction };

/** An execution of an instruction that has a subject. */
export type SubjectExecution = Execution & { readonly subjectId: SubjectId };

/** What marking came to: whether the subject was still there. */
export type Marking = { readonly found: boolean };

/** What shredding came to. Times are RFC 3339. */
export type ShreddingOutcome = {
  readonly sealedAt: string;
  readonly unreadableAt: string;
  readonly shredded: number;
  readonly rootsDestroyed: number;
};

/** What went from each store. */
export type StoresOutcome = {
  readonly stores: readonly { readonly store: string; readonly erased: number }[];
};

/** What was left in each store when it was searched afresh: nothing, or there is no outcome. */
export type SweepOutcome = {
  readonly erasedAt: string;
  readonly stores: readonly { readonly store: string; readonly remaining: 0 }[];
};

/** All that an erasure came to. */
export type Erasure = {
  readonly marking: Marking;
  readonly shredding: ShreddingOutcome;
  readonly stores: StoresOutcome;
  readonly sweep: SweepOutcome;
};
