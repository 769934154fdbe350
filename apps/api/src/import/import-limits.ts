import { ExchangeLimits } from '../exchange/exchange-limits.js';

/** How much an import does at once, and how long it waits. */
export class ImportLimits extends ExchangeLimits {
  batchItems = 100;
  batchBytes = 2 * 1024 * 1024;
  batchesAtOnce = 2;
}
