/** The lines of an exchange: those that were sent and wait for their answers, then those that are still to come. */
export class LineOutbox<Line> {
  private readonly unanswered: Line[] = [];
  private readonly source: AsyncIterator<Line> | Iterator<Line>;
  private coming: Promise<void> | undefined;
  private isOver = false;
  private stream = 0;
  private sent = 0;

  /** What the caller's own lines threw, if they did. */
  failure: unknown;

  constructor(lines: AsyncIterable<Line> | Iterable<Line>) {
    this.source = Symbol.asyncIterator in lines ? lines[Symbol.asyncIterator]() : lines[Symbol.iterator]();
  }

  /** Whether every line has been answered. */
  get isEmpty(): boolean {
    return this.isOver && this.unanswered.length === 0;
  }

  /** The lines of a new stream: first those that were sent in vain. An earlier stream gets no more. */
  async *open(): AsyncGenerator<Line> {
    const stream = (this.stream += 1);
    this.sent = 0;
    for (;;) {
      while (this.sent === this.unanswered.length && !this.isOver) await this.fetch();
      const line = this.unanswered[this.sent];
      if (stream !== this.stream || line === undefined) return;
      this.sent += 1;
      yield line;
    }
  }

  /** The oldest line was answered for good. */
  answered(): void {
    this.unanswered.shift();
    this.sent -= 1;
  }

  /** However many streams wait for the next line, it is asked for once. */
  private fetch(): Promise<void> {
    this.coming ??= this.take().finally(() => (this.coming = undefined));
    return this.coming;
  }

  private async take(): Promise<void> {
    try {
      const next = await this.source.next();
      if (next.done === true) this.isOver = true;
      else this.unanswered.push(next.value);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}
