/** Lets work begin at once unless it shares a handle with earlier work that has not ended; then after that. */
export class Turns {
  private readonly latest = new Map<string, Promise<void>>();

  /** Does the work when its turn has come. */
  async take<Result>(handles: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const before = new Set(handles.flatMap((handle) => this.latest.get(handle) ?? []));
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    for (const handle of handles) this.latest.set(handle, ended);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      end();
      for (const handle of handles) if (this.latest.get(handle) === ended) this.latest.delete(handle);
    }
  }
}
