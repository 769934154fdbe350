import { type Clock } from '@personr/kernel';
import { type Instruction } from './contract.js';

/** How long to wait for the end of an instruction, and whom to tell of its progress. */
export type Waiting = {
  readonly timeoutMs?: number;
  readonly onProgress?: (instruction: Instruction) => void;
};

/** The instruction goes on; it was not waited for any longer. `instruction` is as it was seen last. */
export class StillRunning extends Error {
  constructor(readonly instruction: Instruction) {
    super(`Instruction ${instruction.id} has not ended yet; its state is ${instruction.state}.`);
    this.name = 'StillRunning';
  }
}

type Means = { readonly clock: Clock; readonly pause: (milliseconds: number) => Promise<void> };

const FIRST_PAUSE_MILLISECONDS = 25;
const LONGEST_PAUSE_MILLISECONDS = 2_000;
const GROWTH = 1.25;

/** Looks, at first often and then less so, until the instruction is final. Throws `StillRunning`. */
export async function waitUntil(
  look: () => Promise<Instruction>,
  { timeoutMs = 60_000, onProgress, clock, pause }: Waiting & Means,
): Promise<Instruction> {
  const until = clock.now().getTime() + timeoutMs;
  let seen = '';
  for (let rest = FIRST_PAUSE_MILLISECONDS; ; rest = Math.min(rest * GROWTH, LONGEST_PAUSE_MILLISECONDS)) {
    const instruction = await look();
    const progress = progressOf(instruction);
    if (progress !== seen) onProgress?.(instruction);
    seen = progress;
    if (instruction.final) return instruction;
    if (clock.now().getTime() >= until) throw new StillRunning(instruction);
    await pause(rest);
  }
}

const progressOf = ({ state, flags, steps }: Instruction): string => JSON.stringify([state, flags, steps]);
