/** How much an import does at once, and how long it waits. */
export class ImportLimits {
  /** Of a batch: it is taken in by one pass over both databases. */
  batchItems = 100;
  batchBytes = 2 * 1024 * 1024;
  /** How long a line that comes alone waits for others. */
  lingerMilliseconds = 10;
  batchesAtOnce = 2;
  /** How long a sender may be silent. */
  idleMilliseconds = 60_000;
  /** How long nothing may move on the connection in either direction. */
  stalledMilliseconds = 120_000;
  /** How often it is asked whether the token still is good. */
  welcomeMilliseconds = 1_000;
}
