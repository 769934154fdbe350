/**
 * Why the stack could not do what was asked. `code` is the contract, the message one sentence with a way out.
 *
 * @typedef {'DISK_FULL' | 'NOT_WRITABLE' | 'STATE_IN_USE' | 'PORT_TAKEN' | 'PLATFORM_UNSUPPORTED' | 'REDIS_MISSING'
 *   | 'SERVER_FAILED' | 'SERVER_UNREACHABLE' | 'SERVER_TOO_OLD' | 'KEYSTORE_NOT_SEPARATE' | 'APP_FAILED'
 *   | 'NOT_BUILT'} StackErrorCode
 */
export class StackError extends Error {
  /**
   * @param {StackErrorCode} code
   * @param {string} message
   * @param {{ cause?: unknown }} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = 'StackError';
    this.code = code;
  }
}

/**
 * Turns a failed file operation into a sentence; anything else comes back as it is.
 *
 * @param {unknown} error
 * @param {string} path
 */
export function fileError(error, path) {
  const code = /** @type {NodeJS.ErrnoException} */ (error).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(path, error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new StackError(
      'NOT_WRITABLE',
      `${path} is not writable; give this user the right to write there.`,
      {
        cause: error,
      },
    );
  }
  return error;
}

/**
 * @param {string} path
 * @param {unknown} [cause]
 */
export const diskFull = (path, cause) =>
  new StackError(
    'DISK_FULL',
    `The disk that holds ${path} is full; free at least 200 MB there and run again.`,
    {
      cause,
    },
  );
