import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { IdempotentRequests, keyOf, type RequestIdentity } from '@personr/idempotency';
import { DomainError, type InstructionId, isDomainError, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type WorkLane } from '@personr/work';
import { assertWritten } from './acceptable.js';
import { type LineOutcome, type OrderLine, refusalOf } from './acceptance.js';
import { type NewInstruction } from './instruction.js';
import { KeepIntents } from './keep-intents.js';
import { InstructionLog } from './instruction.log.js';
import { ResolveSubjects } from './resolve-subjects.js';
import { type Orderer, type PreparedLine, WriteInstructions } from './write-instructions.js';

type SoundLine = {
  readonly position: number;
  readonly order: NewInstruction;
  readonly identity: RequestIdentity | null;
  readonly requestId?: string | undefined;
};

type Outcomes = ReadonlyMap<number, LineOutcome>;

/** How often, and how long apart, a batch looks whether a key that is at work elsewhere has come to its end: five seconds. */
const LOOKS = 51;
const PAUSE_MILLISECONDS = 100;

/** Takes a tenant's written orders in, many at once. */
@Injectable()
export class AcceptInstructions {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly requests: IdempotentRequests,
    private readonly resolveSubjects: ResolveSubjects,
    private readonly write: WriteInstructions,
    private readonly intents: KeepIntents,
    private readonly log: InstructionLog,
  ) {}

  /**
   * Records the instructions, their clocks, entries and places in the work together, or none of them: one transaction,
   * but for lines that repeat the key of an earlier one, which come in the next. Who the people are is resolved now; the
   * identities that were sent are not kept. Answers in order. A line that is refused leaves one entry and no
   * instruction, and spoils no other: for what `assertWritten`, `JudgeOrders`, `assertVerified` and idempotency's
   * `begin` refuse, `SUBJECT_NOT_FOUND`, `SUBJECT_AMBIGUOUS`, and what it was refused for before it came here.
   * A key that is at work elsewhere is refused at once but in the lane BULK, where its line waits for it, for five
   * seconds at most: whoever sends a broken batch again meets what is left of it. What is answered outlives a restore of
   * an older database (`KeepIntents`). Instructions wait in `lane`, urgent ones in that of the urgent.
   */
  async run(orderer: Orderer, lines: readonly OrderLine[], lane: WorkLane): Promise<LineOutcome[]> {
    if (lines.length === 0) return [];
    const outcomes = new Map<number, LineOutcome>();
    const rounds = roundsOf(await this.prepare(orderer.tenantId, lines, outcomes));
    let untold = [...outcomes];
    for (const round of rounds) {
      let waiting = round;
      for (let looks = lane === 'BULK' ? LOOKS : 1; looks > 0; looks -= 1) {
        const written = await this.attempt(orderer, { waiting, lane, isLast: looks === 1 }, (found) =>
          refusalsIn(lines, [...untold, ...found]),
        );
        for (const [position, outcome] of written) outcomes.set(position, outcome);
        untold = [];
        waiting = waiting.filter(({ position }) => !written.has(position));
        if (waiting.length === 0) break;
        await pause(PAUSE_MILLISECONDS);
      }
    }
    await this.intents.run(orderer.tenantId, toldOf(outcomes));
    this.log.remember([...outcomes.values()].filter((outcome) => outcome instanceof DomainError));
    return lines.map((_, position) => answered(outcomes.get(position)));
  }

  /** What became of the lines, told in the log. Those whose key is at work elsewhere are left out, unless it is the last look. */
  private attempt(
    orderer: Orderer,
    { waiting, lane, isLast }: { waiting: readonly PreparedLine[]; lane: WorkLane; isLast: boolean },
    refusalsAmong: (found: Outcomes) => Parameters<InstructionLog['refusedAll']>[2],
  ): Promise<Outcomes> {
    return this.tenancy.forTenant(orderer.tenantId, async (tx) => {
      const all = await this.write.run(tx, orderer, { lines: waiting, lane });
      const found = new Map(
        [...all].filter(([, outcome]) => isLast || !isDomainError(outcome, 'IDEMPOTENCY_IN_PROGRESS')),
      );
      await this.log.refusedAll(tx, orderer, refusalsAmong(found));
      return found;
    });
  }

  /** What is refused before anything is looked up becomes its line's outcome; of the rest it is found whom it is about. */
  private async prepare(
    tenantId: TenantId,
    lines: readonly OrderLine[],
    outcomes: Map<number, LineOutcome>,
  ): Promise<PreparedLine[]> {
    const written = lines.flatMap((line, position): SoundLine[] => {
      const refusal =
        'refused' in line
          ? line.refused
          : refusalOf(() => {
              assertWritten(line.order);
            });
      if (refusal !== null) outcomes.set(position, refusal);
      return refusal !== null || 'refused' in line ? [] : [{ position, ...line }];
    });
    const [requests, candidates] = await Promise.all([
      this.requests.identifyAll(
        tenantId,
        written.map(({ identity }) => identity),
      ),
      this.resolveSubjects.candidates(
        tenantId,
        written.map(({ order }) => order),
      ),
    ]);
    return written.flatMap(({ position, order, requestId }, at): PreparedLine[] => {
      const request = requests[at] ?? null;
      if (request instanceof DomainError) {
        outcomes.set(position, request);
        return [];
      }
      return [{ position, order, request, requestId, candidates: candidates[at] ?? [] }];
    });
  }
}

/** The lines in as few rounds as each key comes once in, one at least. Lines without a key are all in the first. */
function roundsOf(lines: readonly PreparedLine[]): PreparedLine[][] {
  const rounds: PreparedLine[][] = [[]];
  const seen = new Map<string, number>();
  for (const line of lines) {
    const key = line.request === null ? null : keyOf(line.request);
    const round = key === null ? 0 : (seen.get(key) ?? 0);
    if (key !== null) seen.set(key, round + 1);
    (rounds[round] ??= []).push(line);
  }
  return rounds;
}

/** The instructions that the sender is going to be told of as taken in. */
const toldOf = (outcomes: ReadonlyMap<number, LineOutcome>): InstructionId[] =>
  [...outcomes.values()].flatMap((outcome) =>
    outcome instanceof DomainError || outcome.outcome === 'ALREADY_ERASED' ? [] : [outcome.instruction.id],
  );

const refusalsIn = (lines: readonly OrderLine[], outcomes: readonly (readonly [number, LineOutcome])[]) =>
  outcomes.flatMap(([position, outcome]) => {
    const line = lines[position];
    if (!(outcome instanceof DomainError)) return [];
    const { order, requestId } = line !== undefined && 'order' in line ? line : {};
    return [{ refusal: outcome, order, requestId }];
  });

function answered(outcome: LineOutcome | undefined): LineOutcome {
  if (outcome === undefined) throw new Error('every line has an outcome');
  return outcome;
}
