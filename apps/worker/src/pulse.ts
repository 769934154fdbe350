import { safeError } from '@personr/kernel';
import { type Logger } from 'pino';

/** What a pulse does at each beat: returns how much there was to do. */
export type Beat = () => Promise<number>;

/**
 * Beats again and again: at once while there is something to do, else after `restMilliseconds` or when woken.
 * A beat that fails is logged by its kind and tried again, later each time up to five seconds.
 */
export class Pulse {
  private stopped = false;
  private rouse: (() => void) | undefined;
  private isWoken = false;
  private done: Promise<void> | undefined;
  private failures = 0;

  constructor(
    private readonly beat: Beat,
    private readonly restMilliseconds: number,
    private readonly logger: Logger,
  ) {}

  /** Begins to beat. */
  start(): void {
    this.done ??= this.loop();
  }

  /** Ends the rest, if it rests; else there will be none after this beat, which may have begun too early. */
  wake(): void {
    this.isWoken = true;
    this.rouse?.();
  }

  /** Stops, and resolves when the last beat has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.done;
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      this.isWoken = false;
      const found = await this.attempt();
      if (found === 0) await this.rest();
    }
  }

  private async attempt(): Promise<number> {
    try {
      const found = await this.beat();
      this.failures = 0;
      return found;
    } catch (error) {
      this.failures += 1;
      this.logger.error({ error: safeError(error), failures: this.failures }, 'beat failed');
      return 0;
    }
  }

  private rest(): Promise<void> {
    if (this.stopped || this.isWoken) return Promise.resolve();
    const milliseconds = Math.min(this.restMilliseconds * 2 ** Math.min(this.failures, 6), 5000);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
