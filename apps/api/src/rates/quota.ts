import { type Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { type QuotaPolicy, type QuotaState } from './rate-headers.js';

const MANY_SPENT = 10_000;

/**
 * Counts what each key takes in windows of fixed length. All processes count together in Redis; while Redis does
 * not answer, each counts for itself.
 */
export class Quota {
  private readonly limiter: RateLimiterRedis;
  /** Keys that have nothing left, and until when: they are refused without asking Redis. */
  private readonly spentUntil = new Map<string, number>();

  constructor(
    readonly policy: QuotaPolicy,
    redis: Redis,
  ) {
    const options = {
      keyPrefix: `personr:rate:${policy.name}`,
      points: policy.quota,
      duration: policy.windowSeconds,
    };
    this.limiter = new RateLimiterRedis({
      ...options,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(options),
    });
  }

  /** The state of a key that is known to have nothing left in this window; null when that is not known. */
  spent(key: string): QuotaState | null {
    const until = this.spentUntil.get(key);
    if (until === undefined) return null;
    const milliseconds = until - performance.now();
    if (milliseconds > 0) return this.stateOf(0, milliseconds, true);
    this.spentUntil.delete(key);
    return null;
  }

  /** Takes `cost` units, at most a whole quota, and says what is left. Never rejects. */
  async take(key: string, cost: number): Promise<QuotaState> {
    try {
      const { remainingPoints, msBeforeNext } = await this.limiter.consume(
        key,
        Math.min(cost, this.policy.quota),
      );
      return this.stateOf(remainingPoints, msBeforeNext, false);
    } catch (refusal) {
      // Anything else was answered by the insurance.
      const milliseconds = refusal instanceof RateLimiterRes ? refusal.msBeforeNext : 1_000;
      this.remember(key, milliseconds);
      return this.stateOf(0, milliseconds, true);
    }
  }

  private remember(key: string, milliseconds: number): void {
    if (this.spentUntil.size >= MANY_SPENT) this.spentUntil.clear();
    this.spentUntil.set(key, performance.now() + milliseconds);
  }

  private stateOf(remaining: number, milliseconds: number, isRefused: boolean): QuotaState {
    const resetSeconds = Math.max(1, Math.ceil(milliseconds / 1_000));
    return { policy: this.policy, remaining, resetSeconds, isRefused };
  }
}
