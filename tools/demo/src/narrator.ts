const WIDTH = 90;

/** Tells the story: acts with their times, and lines. On standard error when standard output is for a program. */
export class Narrator {
  private acts = 0;

  constructor(private readonly write: (line: string) => void) {}

  /** Says a line within an act. */
  say(line = ''): void {
    this.write(line === '' ? '' : `   ${line}`);
  }

  /** Plays an act under its title and says how long it took. */
  async act<Result>(title: string, play: () => Promise<Result>): Promise<Result> {
    this.acts += 1;
    const startedAt = performance.now();
    this.write(`\n${this.acts}. ${title}`);
    const result = await play();
    this.say(`(${((performance.now() - startedAt) / 1000).toFixed(2)} s)`);
    return result;
  }

  /** Says a heading and words below it, in lines of about 90 characters. */
  list(heading: string, words: readonly string[]): void {
    this.say(heading);
    let line = '';
    for (const word of words) {
      if (line !== '' && line.length + word.length > WIDTH) {
        this.say(`     ${line},`);
        line = '';
      }
      line = line === '' ? word : `${line}, ${word}`;
    }
    this.say(`     ${line}`);
  }

  /** Says rows in columns; the first row is the head. */
  table(rows: readonly (readonly string[])[]): void {
    const widths = (rows[0] ?? []).map((_, column) =>
      Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    for (const row of rows) {
      this.say(
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
      );
    }
  }
}
