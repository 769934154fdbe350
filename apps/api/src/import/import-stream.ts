import { Injectable, Logger } from '@nestjs/common';
import { isDomainError, safeError } from '@personr/kernel';
import { type AdmissionOutcome, AdmitSubjects } from '@personr/subjects';
import { type ClientCaller } from '../auth/caller.js';
import { type BadLine } from '../exchange/line.js';
import { type LineExchange } from '../exchange/line-exchange.js';
import { foreseen, refusalOf } from '../exchange/line-refusal.js';
import { Turns } from '../exchange/turns.js';
import { Refusals } from '../refusals/refusals.js';
import { ImportLimits } from './import-limits.js';
import { type GoodLine, readLine } from './import-line.js';
import { resultOf, Tally } from './import-result.js';
import { type LineResult } from './import.view.js';

type Line = GoodLine | BadLine;

/** Takes a stream of people in, a batch at a time. */
@Injectable()
export class ImportStream {
  private readonly logger = new Logger('import');

  constructor(
    private readonly admitSubjects: AdmitSubjects,
    private readonly limits: ImportLimits,
    private readonly refusals: Refusals,
  ) {}

  /** What one stream of this caller is: lines of one key or external id never go at once. */
  exchange(caller: ClientCaller): LineExchange<Line, LineResult> {
    const turns = new Turns();
    return {
      limits: this.limits,
      readLine,
      act: (batch) => this.admit(caller, turns, batch),
      tally: new Tally(),
    };
  }

  /** Takes a batch in, and has the log told of what was refused. A failure of the whole is the answer to each of its lines. */
  private async admit(caller: ClientCaller, turns: Turns, batch: readonly Line[]): Promise<LineResult[]> {
    const good = batch.filter((line): line is GoodLine => !('error' in line));
    const handles = good.flatMap((line) => line.handles);
    const taken = await turns.take(handles, () => this.outcomesOf(caller, good));
    const outcomes = batch.map((line): AdmissionOutcome => {
      if ('error' in line) return { ok: false, error: line.error };
      return taken.get(line) ?? { ok: false, error: foreseen(undefined) };
    });
    this.refusals.tellLines(
      caller,
      outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error])),
    );
    return batch.map((line, at) => {
      const outcome = outcomes[at] ?? { ok: false, error: foreseen(undefined) };
      return 'error' in line ? refusalOf(line) : resultOf(line, outcome);
    });
  }

  private async outcomesOf(
    caller: ClientCaller,
    lines: readonly GoodLine[],
  ): Promise<ReadonlyMap<GoodLine, AdmissionOutcome>> {
    try {
      const admissions = lines.map(({ admission }) => admission);
      const outcomes = lines.length === 0 ? [] : await this.admitSubjects.run(caller, admissions);
      return new Map(outcomes.flatMap((outcome, at) => (lines[at] ? [[lines[at], outcome]] : [])));
    } catch (error) {
      if (!isDomainError(error)) this.logger.error(JSON.stringify(safeError(error)));
      return new Map(lines.map((line) => [line, { ok: false, error: foreseen(error) }]));
    }
  }
}
