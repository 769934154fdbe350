import pg from 'pg';
import { StackError } from './stack-error.mjs';

const OLDEST = 15;

/**
 * Makes sure that a server of the operator's own can be used. Throws `SERVER_UNREACHABLE`, `SERVER_TOO_OLD`.
 *
 * @param {string} variable The environment variable that named it.
 * @param {string} url
 */
export async function requirePostgres(variable, url) {
  const version = await serverVersion(variable, url);
  if (version >= OLDEST) return;
  throw new StackError(
    'SERVER_TOO_OLD',
    `${variable} is PostgreSQL ${version}; give it a server of version ${OLDEST} or newer, or unset it to use the embedded one.`,
  );
}

/**
 * @param {string} variable
 * @param {string} url
 * @returns {Promise<number>} The major version.
 */
async function serverVersion(variable, url) {
  try {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const { rows } = await client.query(
        "select current_setting('server_version_num')::int / 10000 as major",
      );
      return rows[0].major;
    } finally {
      await client.end();
    }
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new StackError(
      'SERVER_UNREACHABLE',
      `${variable} does not let us in (${code ?? message}); correct it, or unset it to use the embedded server.`,
      { cause: error },
    );
  }
}

/**
 * Yesterday's backup of the data must never bring yesterday's keys back. Throws `KEYSTORE_NOT_SEPARATE` when
 * both URLs name one server.
 *
 * @param {string} dataUrl
 * @param {string} keystoreUrl
 */
export function requireSeparate(dataUrl, keystoreUrl) {
  const [data, keystore] = [dataUrl, keystoreUrl].map((url) => new URL(url));
  if (data?.hostname !== keystore?.hostname || (data?.port || '5432') !== (keystore?.port || '5432')) return;
  throw new StackError(
    'KEYSTORE_NOT_SEPARATE',
    'DATABASE_URL and KEYSTORE_URL name the same server; a backup of it would bring erased keys back, so give the key store a cluster of its own.',
  );
}
