import { advance, INSTRUCTION_STATES, type InstructionState, isFinal } from './instruction-state.js';
import { transitionsAlong } from './move-instruction.js';

/** The table of the requirements, part 4, line by line: from, to. Lines that stay in their state are left out. */
const REQUIRED = `
  RECEIVED -> REJECTED ACKNOWLEDGED
  ACKNOWLEDGED -> AWAITING_VERIFICATION VERIFIED SCOPED
  AWAITING_VERIFICATION -> VERIFIED DENIED
  VERIFIED -> SCOPED
  SCOPED -> NO_DATA UNDER_REVIEW
  UNDER_REVIEW -> AWAITING_FEE APPROVED DENIED ON_HOLD
  AWAITING_FEE -> UNDER_REVIEW DENIED
  ON_HOLD -> UNDER_REVIEW
  APPROVED -> ON_HOLD CANCELLED QUEUED PACKAGING ERASING APPLYING NO_DATA
  QUEUED -> APPROVED
  PACKAGING -> DELIVERING NO_DATA
  DELIVERING -> RESPONDING AWAITING_TRANSFER_ACK
  AWAITING_TRANSFER_ACK -> ERASING PACKAGING
  ERASING -> ERASING_BACKUPS
  ERASING_BACKUPS -> AWAITING_SUBPROCESSORS
  APPLYING -> AWAITING_SUBPROCESSORS
  AWAITING_SUBPROCESSORS -> VERIFYING_ERASURE RESPONDING
  VERIFYING_ERASURE -> RESPONDING ERASING
  RESPONDING -> RESPONDED
  DENIED -> RESPONDED
  NO_DATA -> RESPONDED
  RESPONDED -> COMPLETED COMPLETED_WITH_EXCEPTIONS CLOSED_DENIED CLOSED_NO_DATA
  COMPLETED_WITH_EXCEPTIONS -> ERASING
  REJECTED ->
  COMPLETED ->
  CLOSED_DENIED ->
  CLOSED_NO_DATA ->
  CANCELLED ->
`;

const required = new Map(
  REQUIRED.trim()
    .split('\n')
    .map((line) => {
      const [from = '', to = ''] = line.split('->').map((part) => part.trim());
      return [from, to === '' ? [] : to.split(' ')];
    }),
);

const allowed = (from: InstructionState, to: InstructionState): boolean => {
  try {
    return advance(from, to) === to;
  } catch {
    return false;
  }
};

describe('the life of an instruction', () => {
  it('has the states of the requirements and no others', () => {
    expect([...INSTRUCTION_STATES].sort()).toEqual([...required.keys()].sort());
  });

  it.each(INSTRUCTION_STATES)('goes from %s where the requirements let it, and nowhere else', (from) => {
    const onward = INSTRUCTION_STATES.filter((to) => allowed(from, to));
    expect([...onward].sort()).toEqual([...(required.get(from) ?? [])].sort());
    for (const to of INSTRUCTION_STATES.filter((state) => !onward.includes(state))) {
      expect(() => advance(from, to)).toThrow(
        expect.objectContaining({ code: 'ILLEGAL_TRANSITION' }) as Error,
      );
    }
  });

  it('begins with RECEIVED, from where every state can be reached, and a final one from every state', () => {
    const reach = (from: InstructionState): Set<InstructionState> => {
      const seen = new Set<InstructionState>([from]);
      for (const state of seen) {
        for (const next of INSTRUCTION_STATES) if (allowed(state, next)) seen.add(next);
      }
      return seen;
    };
    expect([...reach('RECEIVED')].sort()).toEqual([...INSTRUCTION_STATES].sort());
    for (const state of INSTRUCTION_STATES) expect([...reach(state)].some(isFinal)).toBe(true);
  });

  it('ends for good: only what was kept by exception is taken up again', () => {
    const final = INSTRUCTION_STATES.filter(isFinal);
    expect([...final].sort()).toEqual([
      'CANCELLED',
      'CLOSED_DENIED',
      'CLOSED_NO_DATA',
      'COMPLETED',
      'COMPLETED_WITH_EXCEPTIONS',
      'REJECTED',
    ]);
    for (const from of final.filter((state) => state !== 'COMPLETED_WITH_EXCEPTIONS')) {
      expect(INSTRUCTION_STATES.filter((to) => allowed(from, to))).toEqual([]);
    }
  });

  it('is refused without a jump: one illegal move among legal ones refuses them all', () => {
    const at = new Date('2026-11-23T18:00:00.000Z');
    const moves = [
      { event: 'a', to: 'RECEIVED' },
      { event: 'b', to: 'ACKNOWLEDGED' },
    ] as const;
    expect(transitionsAlong(null, moves, at)).toEqual([
      { from: null, to: 'RECEIVED', event: 'a', at },
      { from: 'RECEIVED', to: 'ACKNOWLEDGED', event: 'b', at },
    ]);
    expect(() => transitionsAlong(null, [...moves, { event: 'c', to: 'COMPLETED' }], at)).toThrow(
      expect.objectContaining({ code: 'ILLEGAL_TRANSITION' }) as Error,
    );
  });
});
