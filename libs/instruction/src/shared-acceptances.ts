import { DomainError } from '@personr/kernel';
import { type LineOutcome, type OrderLine } from './acceptance.js';
import { type Orderer } from './write-instructions.js';

/** As many as one transaction takes of what somebody waits for. */
const MOST_LINES = 100;
/** How long what comes waits at most for those before it. */
const WINDOW_MILLISECONDS = 200;

type Waiting = {
  readonly line: OrderLine;
  readonly resolve: (outcome: LineOutcome) => void;
  readonly reject: (error: unknown) => void;
};

/** How lines of one orderer are taken in together, answered in order. */
type Accept = (orderer: Orderer, lines: readonly OrderLine[]) => Promise<readonly LineOutcome[]>;

/**
 * Lets what one credential orders one by one be taken in together: what comes while an order of it is being taken in, or
 * for a fifth of a second, goes into the next transaction, a hundred at most. A credential of which nothing is under way is
 * served at once, and none waits for another. When a transaction of several fails, each of them that has a key is taken in
 * once more by itself, so that it fails for what is wrong with it and not with its neighbour; one without a key is not,
 * since whether the first attempt was kept cannot be known, and it would be ordered twice.
 */
export class SharedAcceptances {
  private readonly waiting = new Map<string, Waiting[]>();

  constructor(private readonly accept: Accept) {}

  /** Takes one line in. Throws what taking in throws; of those that failed together each has an error of its own. */
  take(orderer: Orderer, line: OrderLine): Promise<LineOutcome> {
    return new Promise((resolve, reject) => {
      const key = `${orderer.tenantId} ${orderer.clientId} ${orderer.route ?? ''}`;
      const queue = this.waiting.get(key);
      const waiting = { line, resolve, reject };
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const own = [waiting];
      this.waiting.set(key, own);
      void this.drain(key, own, orderer);
    });
  }

  private async drain(key: string, queue: Waiting[], orderer: Orderer): Promise<void> {
    while (queue.length > 0) await endedOrLate(this.run(orderer, queue.splice(0, MOST_LINES)));
    this.waiting.delete(key);
  }

  private async run(orderer: Orderer, together: readonly Waiting[]): Promise<void> {
    try {
      const lines = together.map(({ line }) => line);
      const outcomes = await this.accept(orderer, lines);
      for (const [at, { resolve, reject }] of together.entries()) {
        const outcome = outcomes[at];
        if (outcome === undefined) reject(new Error('every line has an outcome'));
        else resolve(outcome);
      }
    } catch (error) {
      const again = together.length === 1 ? [] : together.filter(({ line }) => hasKey(line));
      for (const one of together) if (!again.includes(one)) one.reject(ownOf(error));
      await Promise.all(again.map((one) => this.run(orderer, [one])));
    }
  }
}

const hasKey = (line: OrderLine): boolean => 'identity' in line && line.identity !== null;

/** Resolves when the run has ended, or its window. */
function endedOrLate(run: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, WINDOW_MILLISECONDS);
    void run.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A refusal is told in the log once an error, so those who share its cause do not share it. */
const ownOf = (error: unknown): unknown =>
  error instanceof DomainError ? new DomainError(error.code, error.message, { cause: error }) : error;
