/** Does the same thing every so often, until it is stopped or fails. */
export class Heartbeat {
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> = Promise.resolve();
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly beat: () => Promise<void>,
    private readonly everyMilliseconds: number,
  ) {
    this.next();
  }

  /** Throws what a beat threw. */
  assertBeating(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  /** Ends it, and resolves when the last beat has ended. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.beating;
    clearTimeout(this.timer);
  }

  private next(): void {
    this.timer = setTimeout(() => {
      this.beating = this.once();
    }, this.everyMilliseconds);
  }

  private async once(): Promise<void> {
    try {
      await this.beat();
      this.next();
    } catch (error) {
      this.failure = { error };
    }
  }
}
