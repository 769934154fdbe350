import { type TransferStep } from '@personr/instruction';
import { type InstructionId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { ERASURE_STEPS, type StepName, type StoredStep } from './execution.js';

/** How much of a step is done. */
export type Amount = { readonly done: number; readonly total: number };

/** A step that has ended: what it came to, and how much there was to do. */
export type EndedStep = { readonly id: InstructionId; readonly outcome: object } & Amount;

/** How far these instructions are: their steps by name. */
export async function findSteps(
  tx: TenantTx,
  ids: readonly InstructionId[],
): Promise<ReadonlyMap<InstructionId, Map<StepName | TransferStep, StoredStep>>> {
  const found = new Map(ids.map((id) => [id, new Map<StepName | TransferStep, StoredStep>()]));
  const rows = await tx.bulk`
    select instruction_id, name, state, outcome from execution_step
     where tenant_id = ${tx.tenantId} and instruction_id = any(${ids}::uuid[])`;
  for (const row of rows) {
    const step = { done: row.state === 'DONE', outcome: row.outcome };
    found.get(row.instruction_id as InstructionId)?.set(row.name as StepName | TransferStep, step);
  }
  return found;
}

/** Notes that the step has begun for these. One that began before stays as it is: it runs again. */
export async function startSteps(
  tx: TenantTx,
  name: StepName,
  { ids, at }: { ids: readonly InstructionId[]; at: Date },
): Promise<void> {
  if (ids.length === 0) return;
  await tx.bulk`
    insert into execution_step (tenant_id, instruction_id, name, position, state, started_at)
    select ${tx.tenantId}::uuid, id, ${name}, ${ERASURE_STEPS.indexOf(name)}::int, 'STARTED', ${at.toISOString()}::timestamptz
      from unnest(${ids}::uuid[]) as new (id)
    on conflict do nothing`;
}

/** Notes that the step has ended for these, and what it came to, and that the next has begun, unless it had. */
export async function finishSteps(
  tx: TenantTx,
  name: StepName,
  { ended, next, at }: { ended: readonly EndedStep[]; next?: StepName | undefined; at: Date },
): Promise<void> {
  if (ended.length === 0) return;
  const ids = ended.map(({ id }) => id);
  await tx.bulk`
    with begun as (
      insert into execution_step (tenant_id, instruction_id, name, position, state, started_at)
      select ${tx.tenantId}::uuid, id, ${next ?? name}::text, ${positionOf(next ?? name)}::int, 'STARTED',
             ${at.toISOString()}::timestamptz
        from unnest(${next === undefined ? [] : ids}::uuid[]) as new (id)
      on conflict do nothing)
    insert into execution_step (tenant_id, instruction_id, name, position, state, started_at, done_at, outcome, done, total)
    select ${tx.tenantId}::uuid, id, ${name}, ${positionOf(name)}::int, 'DONE',
           ${at.toISOString()}::timestamptz, ${at.toISOString()}::timestamptz, outcome::jsonb, done, total
      from unnest(${ids}::uuid[], ${ended.map(({ outcome }) => JSON.stringify(outcome))}::text[],
                  ${ended.map(({ done }) => done)}::int[], ${ended.map(({ total }) => total)}::int[])
        as new (id, outcome, done, total)
    on conflict (tenant_id, instruction_id, name) do update
       set state = 'DONE', done_at = excluded.done_at, outcome = excluded.outcome, done = excluded.done,
           total = excluded.total`;
}

const positionOf = (name: StepName): number => ERASURE_STEPS.indexOf(name);

/** Notes how far a step that has not ended is, and what it came to so far. */
export async function progressStep(
  tx: TenantTx,
  name: StepName,
  { id, outcome, done, total }: EndedStep,
): Promise<void> {
  await tx.bulk`
    update execution_step set outcome = ${JSON.stringify(outcome)}::jsonb, done = ${done}::int, total = ${total}::int
     where tenant_id = ${tx.tenantId} and instruction_id = ${id}::uuid and name = ${name} and state = 'STARTED'`;
}

/** Notes beside what the building came to so far what keeps it from going on. False when the same was noted before. */
export async function noteBroken(tx: TenantTx, id: InstructionId, broken: object): Promise<boolean> {
  const note = JSON.stringify({ broken });
  const rows = await tx.bulk`
    update execution_step set outcome = coalesce(outcome, '{}') || ${note}::jsonb
     where tenant_id = ${tx.tenantId} and instruction_id = ${id}::uuid and name = 'BUILD_PACKAGE'
       and not coalesce(outcome, '{}') @> ${note}::jsonb
    returning name`;
  return rows.length === 1;
}

/** Opens steps again, keeping what they came to before. */
export async function reopenSteps(
  tx: TenantTx,
  ids: readonly InstructionId[],
  names: readonly StepName[],
): Promise<void> {
  await tx.bulk`
    update execution_step set state = 'STARTED', done_at = null, done = 0
     where tenant_id = ${tx.tenantId} and instruction_id = any(${ids}::uuid[]) and name = any(${names}::text[])`;
}

/** Those of these instructions of which every step before `name` is done. */
export async function readyFor(
  tx: TenantTx,
  name: StepName,
  ids: readonly InstructionId[],
): Promise<ReadonlySet<InstructionId>> {
  const earlier = ERASURE_STEPS.slice(0, ERASURE_STEPS.indexOf(name));
  const rows = await tx.bulk`
    select instruction_id from execution_step
     where tenant_id = ${tx.tenantId} and instruction_id = any(${ids}::uuid[]) and name = any(${earlier}::text[])
       and state = 'DONE'
     group by instruction_id having count(*) = ${earlier.length}::int`;
  return new Set(rows.map((row) => row.instruction_id as InstructionId));
}
