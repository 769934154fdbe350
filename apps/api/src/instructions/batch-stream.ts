import { Injectable, Logger } from '@nestjs/common';
import { AcceptInstructions, type LineOutcome, type OrderLine } from '@personr/instruction';
import { isDomainError, safeError } from '@personr/kernel';
import { type ClientCaller } from '../auth/caller.js';
import { type BadLine } from '../exchange/line.js';
import { type LineExchange } from '../exchange/line-exchange.js';
import { foreseen } from '../exchange/line-refusal.js';
import { Turns } from '../exchange/turns.js';
import { BatchLimits } from './batch-limits.js';
import { type GoodLine, readLine } from './batch-line.js';
import { BatchTally, resultOf } from './batch-result.js';
import { type BatchResult } from './batch.view.js';

type Line = GoodLine | BadLine;

/** Takes a stream of orders in, some hundreds at a time. */
@Injectable()
export class BatchStream {
  private readonly logger = new Logger('batch');

  constructor(
    private readonly acceptInstructions: AcceptInstructions,
    private readonly limits: BatchLimits,
  ) {}

  /** What one batch of this caller is: lines of one key never go at once. */
  exchange(caller: ClientCaller, sha256: Uint8Array | null): LineExchange<Line, BatchResult> {
    const turns = new Turns();
    return {
      limits: this.limits,
      sha256,
      readLine,
      act: (batch) => this.accept(caller, turns, batch),
      tally: new BatchTally(),
    };
  }

  /** Takes lines in. A failure of all is the answer to each. */
  private async accept(caller: ClientCaller, turns: Turns, batch: readonly Line[]): Promise<BatchResult[]> {
    const keys = batch.flatMap((line) => ('error' in line ? [] : [line.identity.key]));
    const outcomes = await turns.take(keys, () => this.outcomesOf(caller, batch));
    return batch.map(({ number }, at) => resultOf(number, outcomes[at] ?? foreseen(undefined)));
  }

  private async outcomesOf(caller: ClientCaller, batch: readonly Line[]): Promise<readonly LineOutcome[]> {
    try {
      return await this.acceptInstructions.run(caller, batch.map(toOrderLine), 'BULK');
    } catch (error) {
      if (!isDomainError(error)) this.logger.error(JSON.stringify(safeError(error)));
      return batch.map((line) => ('error' in line ? line.error : foreseen(error)));
    }
  }
}

const toOrderLine = (line: Line): OrderLine =>
  'error' in line ? { refused: line.error } : { order: line.order, identity: line.identity };
