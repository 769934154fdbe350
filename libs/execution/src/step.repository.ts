import { type InstructionId } from '@personr/kernel';
import { type JsonInput, type TenantTx } from '@personr/tenancy';
import { ERASURE_STEPS, type StepName } from './execution.js';

/** A step as it is kept. `outcome` is there once it is done. */
export type StoredStep = { readonly done: boolean; readonly outcome: unknown };

/** Finds the step, or null when it has not begun. */
export async function findStep(
  tx: TenantTx,
  instructionId: InstructionId,
  name: StepName,
): Promise<StoredStep | null> {
  const row = await tx.executionStep.findUnique({
    where: { tenantId_instructionId_name: { tenantId: tx.tenantId, instructionId, name } },
  });
  return row === null ? null : { done: row.state === 'DONE', outcome: row.outcome };
}

/** Notes that the step has begun. A step that began before stays as it is: it runs again. */
export async function startStep(
  tx: TenantTx,
  instructionId: InstructionId,
  { name, at }: { name: StepName; at: Date },
): Promise<void> {
  await tx.executionStep.createMany({
    data: [
      {
        tenantId: tx.tenantId,
        instructionId,
        name,
        position: ERASURE_STEPS.indexOf(name),
        state: 'STARTED',
        startedAt: at,
      },
    ],
    skipDuplicates: true,
  });
}

/** Notes that the step is done, and what it came to. */
export async function finishStep(
  tx: TenantTx,
  instructionId: InstructionId,
  { name, at, outcome }: { name: StepName; at: Date; outcome: JsonInput },
): Promise<void> {
  await tx.executionStep.updateMany({
    where: { tenantId: tx.tenantId, instructionId, name },
    data: { state: 'DONE', doneAt: at, outcome },
  });
}

/** Opens the steps again, keeping what they came to before. */
export async function reopenSteps(
  tx: TenantTx,
  instructionId: InstructionId,
  names: readonly StepName[],
): Promise<void> {
  await tx.executionStep.updateMany({
    where: { tenantId: tx.tenantId, instructionId, name: { in: [...names] } },
    data: { state: 'STARTED', doneAt: null },
  });
}
