import { DomainError, type InstructionId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type Transition } from './instruction.js';
import { type InstructionState, isFinal } from './instruction-state.js';
import { type Instants, type Move, transitionsAlong } from './move-instruction.js';

/** Where one instruction goes, and the instants that are set on it. */
export type Moving = {
  readonly id: InstructionId;
  readonly moves: readonly Move[];
  readonly instants?: Instants;
};

type Moved = Moving & {
  readonly state: InstructionState;
  readonly first: number;
  readonly transitions: readonly Transition[];
};

/**
 * As `moveInstruction`, for several instructions, by a statement for all. Returns the transitions of each. Throws
 * `ILLEGAL_TRANSITION`, `INSTRUCTION_NOT_FOUND`; then none has moved.
 */
export async function moveInstructions(
  tx: TenantTx,
  movings: readonly Moving[],
  at: Date,
): Promise<ReadonlyMap<InstructionId, readonly Transition[]>> {
  if (movings.length === 0) return new Map();
  const states = await lockStates(tx, movings);
  const moved = movings.map((moving): Moved => {
    const known = states.get(moving.id);
    if (known === undefined) throw new DomainError('INSTRUCTION_NOT_FOUND', 'There is no such instruction.');
    const transitions = transitionsAlong(known.state, moving.moves, at);
    return { ...moving, transitions, first: known.first, state: transitions.at(-1)?.to ?? known.state };
  });
  await write(tx, moved, at);
  return new Map(moved.map(({ id, transitions }) => [id, transitions]));
}

async function lockStates(
  tx: TenantTx,
  movings: readonly Moving[],
): Promise<Map<InstructionId, { state: InstructionState; first: number }>> {
  const rows = await tx.bulk`
    select i.id, i.state, (select count(*) from instruction_transition t
                            where t.tenant_id = ${tx.tenantId} and t.instruction_id = i.id)::int as first
      from instruction i
     where i.tenant_id = ${tx.tenantId} and i.id = any(${movings.map(({ id }) => id)}::uuid[])
     order by i.id for update of i`;
  return new Map(
    rows.map((row) => [
      row.id as InstructionId,
      { state: row.state as InstructionState, first: row.first as number },
    ]),
  );
}

const hasEnded = ({ state, transitions }: Moved): boolean => isFinal(state) && transitions.length > 0;

const iso = (at: Date | undefined): string | null => at?.toISOString() ?? null;

/** States and instants, the history and the clocks that are met, by one statement. */
async function write(tx: TenantTx, moved: readonly Moved[], at: Date): Promise<void> {
  const instant = (name: keyof Instants) => moved.map(({ instants }) => iso(instants?.[name]));
  const ended = moved.filter(hasEnded).map(({ id }) => id);
  const rows = moved.flatMap(({ id, first, transitions }) =>
    transitions.map((transition, offset) => ({ id, position: first + offset, ...transition })),
  );
  await tx.bulk`
    with told as (
      insert into instruction_transition (tenant_id, instruction_id, position, from_state, to_state, event, at)
      select ${tx.tenantId}::uuid, new.*
        from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ position }) => position)}::int[],
                    ${rows.map(({ from }) => from)}::text[], ${rows.map(({ to }) => to)}::text[],
                    ${rows.map(({ event }) => event)}::text[],
                    ${rows.map((row) => row.at.toISOString())}::timestamptz[]) as new),
    met as (
      update instruction_deadline set met_at = ${at.toISOString()}::timestamptz
       where tenant_id = ${tx.tenantId} and instruction_id = any(${ended}::uuid[]) and met_at is null)
    update instruction i
       set state = n.state, finished_at = case when n.has_moved then n.finished_at else i.finished_at end,
           sealed_at = coalesce(n.sealed_at, i.sealed_at), unreadable_at = coalesce(n.unreadable_at, i.unreadable_at),
           erased_at = coalesce(n.erased_at, i.erased_at),
           unguessable_due_at = coalesce(n.unguessable_due_at, i.unguessable_due_at),
           unguessable_at = coalesce(n.unguessable_at, i.unguessable_at),
           suppressed_until = coalesce(n.suppressed_until, i.suppressed_until)
      from unnest(${moved.map(({ id }) => id)}::uuid[], ${moved.map(({ state }) => state)}::text[],
                  ${moved.map(({ transitions }) => transitions.length > 0)}::boolean[],
                  ${moved.map((one) => (hasEnded(one) ? iso(at) : null))}::timestamptz[],
                  ${instant('sealedAt')}::timestamptz[], ${instant('unreadableAt')}::timestamptz[],
                  ${instant('erasedAt')}::timestamptz[], ${instant('unguessableDueAt')}::timestamptz[],
                  ${instant('unguessableAt')}::timestamptz[], ${instant('suppressedUntil')}::timestamptz[])
        as n (id, state, has_moved, finished_at, sealed_at, unreadable_at, erased_at, unguessable_due_at,
              unguessable_at, suppressed_until)
     where i.tenant_id = ${tx.tenantId} and i.id = n.id`;
}
