import { type LineOutcome } from '@personr/instruction';
import { DomainError } from '@personr/kernel';
import { endedBy, refusalOf } from '../exchange/line-refusal.js';
import { type BatchResult, type BatchSummaryLine } from './batch.view.js';

/** What is answered for a line. */
export function resultOf(line: number, outcome: LineOutcome): BatchResult {
  if (outcome instanceof DomainError) return refusalOf({ number: line, error: outcome });
  const { id, state } = outcome.instruction;
  const answer = { line, id, state, replayed: outcome.outcome === 'REPLAYED' };
  return outcome.outcome === 'ALREADY_ERASED'
    ? { ...answer, status: 200, code: 'ALREADY_ERASED' }
    : { ...answer, status: 202 };
}

/** Counts what was answered, for the last line of the answer. */
export class BatchTally {
  private readonly counts = { lines: 0, accepted: 0, alreadyErased: 0, replayed: 0, refused: 0 };

  count(result: BatchResult): void {
    this.counts.lines += 1;
    if (!('id' in result)) this.counts.refused += 1;
    else if (result.replayed) this.counts.replayed += 1;
    else this.counts[result.status === 202 ? 'accepted' : 'alreadyErased'] += 1;
  }

  /** The last line: complete, or why not. */
  summary(why: DomainError | undefined): BatchSummaryLine {
    return { summary: { ...this.counts, ...endedBy(why) } };
  }
}
