/** When a batch is closed: at so many items or bytes, or so long after its first one. */
export type BatchLimits = {
  readonly items: number;
  readonly bytes: number;
  readonly lingerMilliseconds: number;
};

/**
 * Gathers what comes into batches, so that many who come at once are served at once, and one who comes alone does
 * not wait for others. When the source fails, what had come before is yielded first; then its error is thrown.
 */
export async function* batchesOf<Item extends { readonly size: number }>(
  items: AsyncIterable<Item>,
  limits: BatchLimits,
): AsyncGenerator<readonly Item[]> {
  const source = new Awaited(items[Symbol.asyncIterator]());
  for (;;) {
    const batch: Item[] = [];
    const isOver = await fill(batch, source, limits);
    if (batch.length > 0) yield batch;
    if (isOver) break;
  }
  source.end();
}

/** Puts items into the batch until it is closed. Returns whether the source has no more. */
async function fill<Item extends { readonly size: number }>(
  batch: Item[],
  source: Awaited<Item>,
  limits: BatchLimits,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  let closed: Promise<'closed'> | undefined;
  let bytes = 0;
  try {
    while (batch.length < limits.items && bytes < limits.bytes) {
      const next = await (closed === undefined ? source.next() : Promise.race([source.next(), closed]));
      if (next === 'closed') return false;
      if (next === 'over') return true;
      source.taken();
      batch.push(next);
      bytes += next.size;
      closed ??= new Promise((resolve) => {
        timer = setTimeout(resolve, limits.lingerMilliseconds, 'closed');
      });
    }
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** An iterator whose next item can be waited for more than once, and whose failure waits for its turn. */
class Awaited<Item extends object> {
  private coming: Promise<Item | 'over'> | undefined;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly iterator: AsyncIterator<Item>) {}

  /** The next item, the same one until it is `taken`. */
  next(): Promise<Item | 'over'> {
    this.coming ??= this.iterator.next().then(
      (result) => (result.done === true ? 'over' : result.value),
      (error: unknown) => {
        this.failure = { error };
        return 'over';
      },
    );
    return this.coming;
  }

  taken(): void {
    this.coming = undefined;
  }

  /** Throws what the source threw. */
  end(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}
