import { type Hold } from '@personr/subjects';
import { type Instruction } from './instruction.js';
import { isFinal } from './instruction-state.js';

/** What can be done with an instruction after it was accepted. */
export const INSTRUCTION_ACTS = ['hold', 'release-hold', 'acknowledge'] as const;

export type InstructionAct = (typeof INSTRUCTION_ACTS)[number];

/** The act that what was returned waits for. */
export const acknowledgementOf = ({ state }: Pick<Instruction, 'state'>): InstructionAct[] =>
  state === 'AWAITING_TRANSFER_ACK' ? ['acknowledge'] : [];

/**
 * The acts of holding and releasing that an instruction is open to as it stands, with the active holds on its subject. Whether one has its
 * effect is judged when it is done: a hold may come too late for what it names.
 */
export function actsOn(
  { state, subjectId, scopeElements, sealedAt }: Instruction,
  holds: readonly Hold[],
): InstructionAct[] {
  const isOpen = !isFinal(state) || state === 'COMPLETED_WITH_EXCEPTIONS';
  if (!isOpen || subjectId === null) return [];
  const isGone = sealedAt !== null && scopeElements.length === 0 && holds.length === 0;
  return [...(isGone ? [] : (['hold'] as const)), ...(holds.length > 0 ? (['release-hold'] as const) : [])];
}
