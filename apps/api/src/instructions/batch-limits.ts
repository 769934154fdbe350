import { ExchangeLimits } from '../exchange/exchange-limits.js';

/** How much a batch of instructions does at once, how long it waits and how long it may be. */
export class BatchLimits extends ExchangeLimits {
  batchItems = 200;
  batchBytes = 2 * 1024 * 1024;
  batchesAtOnce = 2;
  override mostLines = 100_000;
}
