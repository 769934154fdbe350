import { type SafeError, safeError } from '@personr/kernel';
import { type DestinationStream, type Logger, pino } from 'pino';

/** Whose members hold what was submitted, or who asks. They are never logged, at the top or one level down. */
const NEVER = [
  'authorization',
  'body',
  'cookie',
  'detail',
  'externalId',
  'headers',
  'identities',
  'params',
  'parameters',
  'password',
  'payload',
  'query',
  'records',
  'secret',
  'token',
  'url',
  'value',
  'values',
  'writing',
];

/**
 * JSON lines to `destination`, standard output when left out. An error is logged as `safeError` leaves it, wherever
 * it stands in the line and whoever logs it; requests and answers are left to their id and status.
 */
export function quietLogger(
  { app, level }: { readonly app: string; readonly level: string },
  destination?: DestinationStream,
): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { app },
    serializers: { err: quietError, error: quietError, req: idOf, res: statusOf },
    redact: { paths: NEVER.flatMap((name) => [name, `*.${name}`]), remove: true },
    hooks: {
      logMethod([first, ...rest], method) {
        const told = withoutErrors(first, rest);
        method.apply(this, told as Parameters<typeof method>);
      },
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** pino takes the message of an error that is logged alone for the line's own, and fills `%s` with what follows. */
function withoutErrors(first: unknown, rest: readonly unknown[]): unknown[] {
  const others = rest.map((part) => (part instanceof Error ? safeError(part) : part));
  if (!(first instanceof Error)) {
    return isWithError(first) && others.length === 0 ? [first, 'failed'] : [first, ...others];
  }
  return [{ err: first }, ...(others.length === 0 ? ['failed'] : others)];
}

const isWithError = (first: unknown): boolean =>
  typeof first === 'object' && first !== null && 'err' in first && first.err instanceof Error;

const quietError = (error: unknown): SafeError | undefined =>
  error instanceof Error ? safeError(error) : wordless(error);

/** What `safeError` has made already stays; anything else says only what it is. */
function wordless(error: unknown): SafeError {
  const { name, code, stack } = (error ?? {}) as Partial<SafeError>;
  if (typeof name !== 'string' || !Array.isArray(stack)) return { name: typeof error, stack: [] };
  return { name, ...(typeof code === 'string' ? { code } : {}), stack };
}

const idOf = (request: unknown): { id: unknown } => ({ id: (request as { id?: unknown } | null)?.id });

const statusOf = (reply: unknown): { statusCode: unknown } => ({
  statusCode: (reply as { statusCode?: unknown } | null)?.statusCode,
});
