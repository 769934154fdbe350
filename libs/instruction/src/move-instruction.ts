import { DomainError, type InstructionId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type Transition } from './instruction.js';
import { insertTransitions } from './instruction.repository.js';
import { advance, type InstructionState, isFinal } from './instruction-state.js';

/** One move: what happened, and where it leads. */
export type Move = { readonly event: string; readonly to: InstructionState };

/** Instants that an execution sets on its instruction. */
export type Instants = {
  readonly sealedAt?: Date;
  readonly unreadableAt?: Date;
  readonly erasedAt?: Date;
  readonly unguessableDueAt?: Date;
  readonly unguessableAt?: Date;
  /** Until when an identity is kept, hashed: before that it is not unguessable. */
  readonly suppressedUntil?: Date;
};

/** Works out the transitions from `from` along `moves`. Throws `ILLEGAL_TRANSITION` where the table has no such move. */
export function transitionsAlong(
  from: InstructionState | null,
  moves: readonly Move[],
  at: Date,
): Transition[] {
  let state = from;
  return moves.map(({ event, to }) => {
    const transition = { from: state, to: state === null ? to : advance(state, to), event, at };
    state = to;
    return transition;
  });
}

/**
 * Moves the instruction along, in the caller's transaction: state, history, and `finishedAt` with the clocks
 * it meets when the last move ends it. Returns the transitions. Throws `ILLEGAL_TRANSITION`, also when somebody
 * else has moved it meanwhile.
 */
export async function moveInstruction(
  tx: TenantTx,
  { id, moves, instants, at }: { id: InstructionId; moves: readonly Move[]; instants?: Instants; at: Date },
): Promise<Transition[]> {
  const [row] = await tx.$queryRaw<{ state: InstructionState }[]>`
    select state from instruction where tenant_id = ${tx.tenantId}::uuid and id = ${id}::uuid for update`;
  if (row === undefined) throw new DomainError('INSTRUCTION_NOT_FOUND', 'There is no such instruction.');
  const transitions = transitionsAlong(row.state, moves, at);
  const state = transitions.at(-1)?.to ?? row.state;
  const ended = isFinal(state);
  const first = await tx.instructionTransition.count({ where: { instructionId: id } });
  await tx.instruction.updateMany({
    where: { tenantId: tx.tenantId, id },
    data: { state, ...instants, ...(ended ? { finishedAt: at } : {}) },
  });
  await insertTransitions(tx, id, { first, transitions });
  if (ended) {
    await tx.instructionDeadline.updateMany({
      where: { instructionId: id, metAt: null },
      data: { metAt: at },
    });
  }
  return transitions;
}
