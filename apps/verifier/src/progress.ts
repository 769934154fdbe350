const WIDTH = 30;
const EVERY_MS = 100;

/** A bar for whoever watches: redrawn in place, ten times a second. Prints nothing where nobody does. */
export class Progress {
  private readonly startedAt = performance.now();
  private drawnAt = 0;
  private startedWith: number | null = null;

  constructor(
    private readonly total: number,
    private readonly print: ((text: string) => void) | null,
  ) {}

  /** So many of the entries are done. */
  done(count: number): void {
    this.startedWith ??= count;
    const now = performance.now();
    if (this.print === null || now - this.drawnAt < EVERY_MS) return;
    this.drawnAt = now;
    const share = count / this.total;
    const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH);
    const rate = Math.round(((count - this.startedWith) / (now - this.startedAt)) * 1000);
    const of = `${count.toLocaleString('en')} of ${this.total.toLocaleString('en')} entries`;
    this.print(`\r[${bar}] ${of}, ${rate.toLocaleString('en')}/s  `);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.print !== null && this.drawnAt > 0) this.print('\r\u001b[K');
  }
}
