/** @typedef {'MIGRATION_EDITED' | 'MIGRATION_FAILED' | 'MIGRATION_LOCKED'} MigrationErrorCode */

/**
 * Makes the error of a refused migration. Its `code` is the contract, its message one sentence with a way out.
 *
 * @param {MigrationErrorCode} code
 * @param {string} message
 * @param {unknown} [cause]
 */
export function migrationError(code, message, cause) {
  const error = cause === undefined ? new Error(message) : new Error(message, { cause });
  error.name = 'MigrationError';
  return Object.assign(error, { code });
}

/** Classes of SQLSTATE whose messages speak of the statement, never of a stored value. */
const ABOUT_THE_STATEMENT = ['0A', '25', '42'];

/**
 * Says what went wrong in a script, with its line. The server's own words are repeated only where they cannot
 * hold a value from a row.
 *
 * @param {string} name
 * @param {string} sql
 * @param {unknown} error
 */
export function failure(name, sql, error) {
  const { code, message, position } = /** @type {{ code?: string, message?: string, position?: string }} */ (
    error ?? {}
  );
  const line = position === undefined ? '' : `, line ${sql.slice(0, Number(position)).split('\n').length}`;
  const safe = ABOUT_THE_STATEMENT.includes(code?.slice(0, 2) ?? '') ? `: ${message}` : '';
  return migrationError(
    'MIGRATION_FAILED',
    `Migration ${name} failed${line} (${code ?? 'no SQLSTATE'})${safe}; it was rolled back, correct it and run again.`,
    error,
  );
}
