import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

const LONGEST_REST_MILLISECONDS = 500;

/**
 * A turn of work that others must not wait for: after each piece it rests as long as the piece took, so that half of
 * the time at least is everybody else's, and after `milliseconds` it is over.
 */
export class Turn {
  private readonly begunAt = performance.now();

  constructor(private readonly milliseconds: number) {}

  get isOver(): boolean {
    return performance.now() - this.begunAt >= this.milliseconds;
  }

  /** Does a piece of the work, then rests. */
  async piece<T>(work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    const answer = await work();
    await pause(Math.min(performance.now() - from, LONGEST_REST_MILLISECONDS));
    return answer;
  }
}
