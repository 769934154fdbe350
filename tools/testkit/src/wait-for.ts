import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 25;

export interface WaitOptions {
  /** What is waited for, as the error names it: "the receipt". */
  readonly what: string;
  /** 10,000 when left out. */
  readonly timeoutMs?: number;
}

/**
 * Asks again and again until `condition` gives something true, and returns that. Throws an error that names what
 * was waited for when the time is over, with the condition's last own error, if any, as its cause.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { what, timeoutMs = 10_000 }: WaitOptions,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const found = await condition();
      if (found) return found;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(PAUSE_MS);
  } while (performance.now() < deadline);
  throw new Error(`waited ${timeoutMs} ms in vain for ${what}`, { cause });
}
