import { Injectable, Logger } from '@nestjs/common';
import { type LongRequest } from '@personr/idempotency';
import {
  AcceptInstructions,
  BeginBatch,
  type LineOutcome,
  type NamedBatch,
  type OrderLine,
} from '@personr/instruction';
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

/** What a batch as a whole was announced to be, and its place. */
export type WholeBatch = {
  readonly named: NamedBatch;
  readonly sha256: Uint8Array | null;
  readonly held: LongRequest | null;
};

/** Takes a stream of orders in, some hundreds at a time. */
@Injectable()
export class BatchStream {
  private readonly logger = new Logger('batch');

  constructor(
    private readonly acceptInstructions: AcceptInstructions,
    private readonly beginBatch: BeginBatch,
    private readonly limits: BatchLimits,
  ) {}

  /** What one batch of this caller is: lines of one key never go at once. It is begun with its first good line. */
  exchange(caller: ClientCaller, { named, sha256, held }: WholeBatch): LineExchange<Line, BatchResult> {
    const turns = new Turns();
    const begin = once(() => this.beginBatch.begin(caller.tenantId, named));
    return {
      limits: this.limits,
      sha256,
      held,
      readLine,
      act: (batch) => this.accept(caller, { turns, begin }, batch),
      tally: new BatchTally(),
    };
  }

  /** Takes lines in. A failure of all is the answer to each. */
  private async accept(
    caller: ClientCaller,
    { turns, begin }: { turns: Turns; begin: () => Promise<void> },
    batch: readonly Line[],
  ): Promise<BatchResult[]> {
    const keys = batch.flatMap((line) => ('error' in line ? [] : [line.identity.key]));
    const outcomes = await turns.take(keys, () =>
      this.outcomesOf(batch, async () => {
        if (keys.length > 0) await begin();
        return this.acceptInstructions.run(caller, batch.map(toOrderLine), 'BULK');
      }),
    );
    return batch.map(({ number }, at) => resultOf(number, outcomes[at] ?? foreseen(undefined)));
  }

  private async outcomesOf(
    batch: readonly Line[],
    accept: () => Promise<readonly LineOutcome[]>,
  ): Promise<readonly LineOutcome[]> {
    try {
      return await accept();
    } catch (error) {
      if (!isDomainError(error)) this.logger.error(JSON.stringify(safeError(error)));
      return batch.map((line) => ('error' in line ? line.error : foreseen(error)));
    }
  }
}

const toOrderLine = (line: Line): OrderLine =>
  'error' in line ? { refused: line.error } : { order: line.order, identity: line.identity };

/** Acts once, for however many who ask, until it has succeeded. */
function once(act: () => Promise<void>): () => Promise<void> {
  let acted: Promise<void> | undefined;
  return () =>
    (acted ??= act().catch((error: unknown) => {
      acted = undefined;
      throw error;
    }));
}
