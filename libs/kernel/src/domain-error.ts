import { type ErrorCode } from './error-code.js';

/** A failure we foresaw. `code` is the contract; `message` helps the reader and never carries a submitted value. */
export class DomainError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'DomainError';
  }
}

/** Says whether `error` is a foreseen failure, of one code when `code` is given. */
export const isDomainError = (error: unknown, code?: ErrorCode): error is DomainError =>
  error instanceof DomainError && (code === undefined || error.code === code);
