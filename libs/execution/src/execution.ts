import { type InstructionId, type SubjectId, type TenantId } from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { type Instruction, type Snapshot, type Transfer, type TransferStep } from '@personr/instruction';
import { type Scope } from '@personr/stores';
import { type Lease } from '@personr/work';

/** The parts of an erasure, in their order. Nothing is destroyed before the first two are committed; keys go first. */
export const ERASURE_STEPS = [
  'MARK_ERASING',
  'INTEND',
  'SHRED_KEYS',
  'ERASE_STORES',
  'SWEEP',
  'PROVE_BACKUPS',
  'CONFIRM_SUBPROCESSORS',
  'CLOSE',
] as const;

export type StepName = (typeof ERASURE_STEPS)[number];

/** One run of an instruction by one holder of its lease. */
export type Execution = { readonly lease: Lease; readonly instruction: Instruction };

/** What a hold keeps back from an erasure, as the receipt says it. Nothing named is everything. */
export type HeldBack = {
  readonly holdId: string;
  readonly ground: string;
  readonly elements: readonly ElementCode[];
  readonly endsAt: string | null;
};

/**
 * What marking came to: whether the subject was still there, since when it was held, and of a RETURN whether something came in
 * after what was returned. Times are RFC 3339.
 */
export type Marking = {
  readonly found: boolean;
  readonly heldSince: string | null;
  readonly heldBack: readonly HeldBack[];
  readonly hasLater?: boolean;
};

/** What holds of one ground keep back from the erasure of everything that a tenant has, as the receipt says it. */
export type KeptGroup = {
  readonly ground: string;
  readonly holds: number;
  readonly subjects: number;
  readonly endsAt: string | null;
};

/** What was put into the ledger: how many keys, and what is held back, of everything by ground. From its commit on nothing holds back more. */
export type Intent = {
  readonly keys: number;
  readonly heldBack: readonly HeldBack[];
  readonly kept?: readonly KeptGroup[];
};

/** What shredding came to. */
export type ShreddingOutcome = {
  readonly sealedAt: string;
  readonly unreadableAt: string;
  readonly unguessableDueAt: string;
  /** Until when an identity is kept, hashed, so that whoever was erased stays so; null where none is. */
  readonly suppressedUntil: string | null;
  readonly shredded: number;
  readonly rootsDestroyed: number;
};

/** What went from each store. */
export type StoresOutcome = {
  readonly stores: readonly { readonly store: string; readonly erased: number }[];
  /** Of everything that a tenant has: how much there was when its keys had gone at that instant. */
  readonly counted?: { readonly sealedAt: string; readonly total: number };
};

/** What was left in each store when it was searched afresh: nothing, or there is no outcome. */
export type SweepOutcome = {
  readonly erasedAt: string;
  readonly stores: readonly { readonly store: string; readonly remaining: 0 }[];
};

/** Every set of copies that could have held the subject, and why it cannot be read, or when it will be dealt with. */
export type BackupsOutcome = {
  readonly sets: readonly { readonly set: string; readonly result: string; readonly reason: string }[];
};

/** Who else had to erase, and confirmed it. */
export type SubprocessorsOutcome = { readonly told: readonly Readonly<Record<string, string>>[] };

/** What each step comes to. */
export type Outcomes = {
  readonly MARK_ERASING: Marking;
  readonly INTEND: Intent;
  readonly SHRED_KEYS: ShreddingOutcome;
  readonly ERASE_STORES: StoresOutcome;
  readonly SWEEP: SweepOutcome;
  readonly PROVE_BACKUPS: BackupsOutcome;
  readonly CONFIRM_SUBPROCESSORS: SubprocessorsOutcome;
  readonly CLOSE: { readonly outcome: string };
};

/** A step as it is kept. `outcome` is what it came to last: of a step that was opened again, before. */
export type StoredStep = { readonly done: boolean; readonly outcome: unknown };

/** An execution of an instruction that erases something, and how far it is as far as was committed. */
export type SteppedExecution = Execution & { readonly steps: Map<StepName | TransferStep, StoredStep> };

/** One that is about one subject. */
export type SubjectExecution = SteppedExecution & { readonly subjectId: SubjectId };

/** What the step came to. Throws unless it has ended. */
export function outcomeOf<Name extends StepName>(
  { steps }: Pick<SteppedExecution, 'steps'>,
  name: Name,
): Outcomes[Name] {
  const step = steps.get(name);
  if (step?.done !== true) throw new Error(`${name} has not ended`);
  return step.outcome as Outcomes[Name];
}

/** What is held back from the execution, as it was known when its last step ended. */
export function heldBackOf(execution: Pick<SteppedExecution, 'steps'>): readonly HeldBack[] {
  if (execution.steps.get('INTEND')?.done === true) return outcomeOf(execution, 'INTEND').heldBack;
  return execution.steps.get('MARK_ERASING')?.done === true
    ? outcomeOf(execution, 'MARK_ERASING').heldBack
    : [];
}

/** What is kept back from the erasure of everything that a tenant has, as far as this is one. */
export const keptOf = (execution: Pick<SteppedExecution, 'steps'>): readonly KeptGroup[] =>
  execution.steps.get('INTEND')?.done === true ? (outcomeOf(execution, 'INTEND').kept ?? []) : [];

/** What of a RETURN was returned, and how that went; null of any other instruction. */
export function returnedBy({
  steps,
}: Pick<SteppedExecution, 'steps'>): { readonly snapshot: Snapshot; readonly transfer: Transfer } | null {
  const snapshot = steps.get('SNAPSHOT')?.outcome as Snapshot | null | undefined;
  const transfer = steps.get('TRANSFER')?.outcome as Transfer | null | undefined;
  return snapshot == null || transfer == null ? null : { snapshot, transfer };
}

/** Whether something came in after what was returned, and is kept. */
export const hasLater = (execution: Pick<SteppedExecution, 'steps'>): boolean =>
  execution.steps.get('MARK_ERASING')?.done === true &&
  outcomeOf(execution, 'MARK_ERASING').hasLater === true;

/** Whether the erasure has not begun before: that of a RETURN follows its acknowledgement. */
export const isNew = ({ instruction: { type, state }, steps }: SteppedExecution): boolean =>
  state === 'APPROVED' || (type === 'RETURN' && !steps.has('MARK_ERASING'));

/** Whether something is kept in spite of the instruction. */
export const hasExceptions = (execution: Pick<SteppedExecution, 'steps'>): boolean =>
  heldBackOf(execution).length > 0 || keptOf(execution).length > 0;

/** What is erased of the subject when so much is held back: of a RETURN nothing that came in after what was returned. */
export function scopeWithout(
  execution: Pick<SubjectExecution, 'subjectId' | 'instruction' | 'steps'>,
  heldBack: readonly Pick<HeldBack, 'elements'>[],
): Scope {
  const {
    subjectId,
    instruction: { scopeElements },
  } = execution;
  if (heldBack.some(({ elements }) => elements.length === 0)) return { subjectId, elements: [] };
  const except = [...new Set(heldBack.flatMap(({ elements }) => elements))];
  return {
    subjectId,
    ...(scopeElements.length === 0 ? {} : { elements: scopeElements }),
    ...(except.length === 0 ? {} : { except }),
    ...underOf(execution),
  };
}

function underOf(execution: Pick<SubjectExecution, 'instruction' | 'steps'>): Pick<Scope, 'under'> {
  const returned = returnedBy(execution);
  const isPart = execution.instruction.scopeElements.length > 0 || hasLater(execution);
  return returned === null || !isPart ? {} : { under: returned.snapshot.keyIds };
}

/** What is erased of the subject. */
export const scopeOf = (execution: SubjectExecution): Scope => scopeWithout(execution, heldBackOf(execution));

/** Why a member leaves a batch that has had its turn: it goes on by itself, and did not fail. */
export const TURN_OVER = 'TURN_OVER';

/**
 * Instructions of one tenant that are carried out together, each of another subject. One is a batch of one. A member
 * that cannot go on leaves the batch with a code, and the others go on without it.
 */
export class Batch<Member extends SteppedExecution = SubjectExecution> {
  private going: readonly Member[];
  private readonly left = new Map<InstructionId, string | null>();

  constructor(
    readonly tenantId: TenantId,
    members: readonly Member[],
  ) {
    this.going = members;
  }

  get members(): readonly Member[] {
    return this.going;
  }

  /** Why members left, by instruction; null for one whose work has ended. */
  get setAside(): ReadonlyMap<InstructionId, string | null> {
    return this.left;
  }

  /** Lets members go: to be tried again because of `code`, or for good when it is null. */
  leave(members: readonly SteppedExecution[], code: string | null): void {
    for (const { instruction } of members) this.left.set(instruction.id, code);
    this.going = this.going.filter(({ instruction }) => !this.left.has(instruction.id));
  }
}
