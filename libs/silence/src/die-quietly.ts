import { safeError } from '@personr/kernel';

/**
 * Ends this process on an error that nobody caught, with its kind alone on standard error: what Node would print
 * shows the message and every member, and PostgreSQL's errors carry rows in them.
 */
export function dieQuietly(app: string): void {
  const end = (error: unknown) => {
    process.stderr.write(`${app}: ${JSON.stringify(safeError(error))}\n`);
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
