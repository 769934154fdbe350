/** What may be logged of an error: its kind and where it happened. Messages may quote values, so they stay out. */
export type SafeError = { readonly name: string; readonly code?: string; readonly stack: readonly string[] };

/** Strips an error of everything that may hold a submitted value. */
export function safeError(error: unknown): SafeError {
  if (!(error instanceof Error)) return { name: typeof error, stack: [] };
  const { code } = error as { code?: unknown };
  // The stack begins with the message, whose lines may look like frames.
  const afterMessage = (error.stack ?? '').split('\n').slice(error.message.split('\n').length);
  const stack = afterMessage.filter((line) => /^\s+at /.test(line));
  return {
    name: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    stack: stack.slice(0, 12).map((line) => line.trim()),
  };
}
