import { findInstructions, type Instruction, type InstructionState, isFinal } from '@personr/instruction';
import { type InstructionId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { completeWorks, type Lease } from '@personr/work';
import { type Execution, type SteppedExecution, type SubjectExecution } from './execution.js';
import { type ExportExecution } from './export-subject.js';
import { findSteps } from './step.repository.js';

/** Leased work with what it is about: nobody, everything, or a subject each. */
export type Loaded = {
  readonly bare: readonly Execution[];
  readonly leavings: readonly SteppedExecution[];
  /** Erasures, those that follow an acknowledgement too, and returns before that. */
  readonly ofSubjects: readonly SubjectExecution[];
  readonly exports: readonly ExportExecution[];
};

const BEFORE_ACKNOWLEDGEMENT: readonly InstructionState[] = ['APPROVED', 'QUEUED', 'PACKAGING', 'DELIVERING'];

/** Whether it is a RETURN of which nothing was acknowledged yet: then nothing of it may be erased. */
export const isReturning = ({ instruction: { type, state } }: Pick<Execution, 'instruction'>): boolean =>
  type === 'RETURN' && BEFORE_ACKNOWLEDGEMENT.includes(state);

/** What the leases are about. Work whose instruction has ended already, or waits for somebody else, ends too. */
export async function loadExecutions(tx: TenantTx, leases: readonly Lease[], now: Date): Promise<Loaded> {
  const byId = new Map(leases.map((lease) => [lease.referenceId as InstructionId, lease]));
  const instructions = await findInstructions(tx, [...byId.keys()]);
  const executions = instructions.flatMap((instruction): Execution[] => {
    const lease = byId.get(instruction.id);
    return lease === undefined || hasNothingToDo(instruction) ? [] : [{ lease, instruction }];
  });
  const open = new Set(executions.map(({ lease }) => lease));
  const over = leases.filter((lease) => !open.has(lease));
  if (over.length > 0) await completeWorks(tx, over, now);
  return withSteps(tx, executions);
}

const hasNothingToDo = ({ state }: Instruction): boolean =>
  isFinal(state) || state === 'AWAITING_TRANSFER_ACK';

async function withSteps(tx: TenantTx, executions: readonly Execution[]): Promise<Loaded> {
  const steps = await findSteps(
    tx,
    executions.map(({ instruction }) => instruction.id),
  );
  const stepped = executions.map((execution): SteppedExecution => ({
    ...execution,
    steps: steps.get(execution.instruction.id) ?? new Map<never, never>(),
  }));
  const isBare = ({ instruction: { subjectId, wholeTenant } }: Execution): boolean =>
    subjectId === null && wholeTenant !== true;
  const about = ofSubjects(stepped);
  return {
    bare: executions.filter(isBare),
    leavings: stepped.filter(({ instruction }) => instruction.wholeTenant === true),
    ofSubjects: about.filter(({ instruction }) => instruction.type !== 'EXPORT'),
    exports: about.filter(({ instruction }) => instruction.type === 'EXPORT'),
  };
}

const ofSubjects = (stepped: readonly SteppedExecution[]): SubjectExecution[] =>
  stepped.flatMap((execution) => {
    const { subjectId } = execution.instruction;
    return subjectId === null ? [] : [{ ...execution, subjectId }];
  });
