import { DomainError, isDomainError } from '@personr/kernel';
import { type AdmissionOutcome } from '@personr/subjects';
import { PROBLEM_STATUS } from '../problem/problem-status.js';
import { ValidationRefused } from '../problem/validation-refused.js';
import { toAdmittedView } from '../subjects/subjects.view.js';
import { type BadLine, type GoodLine } from './import-line.js';
import { type ImportSummary, type LineResult } from './import.view.js';

/** What is answered for a line that was taken, or refused by the room. */
export function resultOf({ number: line, hasRecords }: GoodLine, outcome: AdmissionOutcome): LineResult {
  if (!outcome.ok) return refusalOf({ number: line, error: outcome.error });
  const { created, replayed } = outcome.admitted;
  const view = toAdmittedView(outcome.admitted, hasRecords ? { records: [] } : {});
  return { line, status: created ? 201 : 200, ...view, replayed };
}

/** What is answered for a line that was refused. */
export const refusalOf = ({ number: line, error }: Pick<BadLine, 'number' | 'error'>): LineResult => ({
  line,
  status: PROBLEM_STATUS[error.code],
  code: error.code,
  detail: error.message,
  ...(error instanceof ValidationRefused ? { errors: [...error.errors] } : {}),
});

/** What an unforeseen failure becomes outside: it says nothing, and that the line may be sent again. */
export const foreseen = (error: unknown): DomainError =>
  isDomainError(error)
    ? error
    : new DomainError('INTERNAL', 'Something went wrong on our side. Sending the line again is safe.');

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
  summary(why: DomainError | undefined): ImportSummary {
    if (why === undefined) return { complete: true, ...this.counts };
    const { code, message: detail } = why;
    return { complete: false, ...this.counts, status: PROBLEM_STATUS[code], code, detail };
  }
}
