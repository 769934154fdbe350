import { type DomainError } from '@personr/kernel';
import { type AdmissionOutcome } from '@personr/subjects';
import { endedBy, refusalOf } from '../exchange/line-refusal.js';
import { toAdmittedView } from '../subjects/subjects.view.js';
import { type GoodLine } from './import-line.js';
import { type ImportSummaryLine, type LineResult } from './import.view.js';

/** What is answered for a line that was taken, or refused by the room. */
export function resultOf({ number: line, hasRecords }: GoodLine, outcome: AdmissionOutcome): LineResult {
  if (!outcome.ok) return refusalOf({ number: line, error: outcome.error });
  const { created, replayed } = outcome.admitted;
  const view = toAdmittedView(outcome.admitted, hasRecords ? { records: [] } : {});
  return { line, status: created ? 201 : 200, ...view, replayed };
}

/** Counts what was answered, for the last line of the answer. */
export class Tally {
  private readonly counts = { lines: 0, created: 0, updated: 0, replayed: 0, refused: 0 };

  count(result: LineResult): void {
    this.counts.lines += 1;
    if ('code' in result) this.counts.refused += 1;
    else if (result.replayed) this.counts.replayed += 1;
    else this.counts[result.status === 201 ? 'created' : 'updated'] += 1;
  }

  /** The last line: complete, or why not. */
  summary(why: DomainError | undefined): ImportSummaryLine {
    return { summary: { ...this.counts, ...endedBy(why) } };
  }
}
