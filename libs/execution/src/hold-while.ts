/**
 * Does what takes longer than a lease, and says meanwhile, every so many milliseconds, that it goes on. `signal` aborts when
 * that could not be said, because another has taken the work over, for one; whoever does the work throws its reason then.
 */
export async function holdWhile<T>(
  beat: () => Promise<void>,
  everyMilliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  let saying: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    saying = saying.then(beat).catch((error: unknown) => {
      lost.abort(error);
    });
  }, everyMilliseconds);
  try {
    return await work(lost.signal);
  } finally {
    clearInterval(timer);
    // Or it would be said after whatever the caller does next.
    await saying;
  }
}

/** How often a lease of so many seconds is renewed. */
export const beatOf = (leaseSeconds: number): number => (leaseSeconds * 1000) / 3;
