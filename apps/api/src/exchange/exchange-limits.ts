/** How much an exchange of lines does at once, and how long it waits. */
export abstract class ExchangeLimits {
  /** Of a batch: it is served by one pass. */
  abstract readonly batchItems: number;
  abstract readonly batchBytes: number;
  abstract readonly batchesAtOnce: number;
  /** How many lines a stream may have; as many as there are when left out. */
  readonly mostLines?: number;
  /** How long a line that comes alone waits for others. */
  lingerMilliseconds = 10;
  /** How long a sender may be silent. */
  idleMilliseconds = 60_000;
  /** How long nothing may move on the connection in either direction. */
  stalledMilliseconds = 120_000;
  /** How often it is asked whether the token still is good. */
  welcomeMilliseconds = 1_000;
}
