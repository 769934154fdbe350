import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrationError } from './migration-error.mjs';

/** @typedef {{ name: string, sql: string, checksum: string }} Migration `checksum` is the file's SHA-256 in hex. */

/**
 * Reads `<directory>/<name>/migration.sql`, in name order. A directory that does not exist holds none. Throws
 * `MIGRATION_FAILED` for a folder without its script.
 *
 * @param {string} directory
 * @returns {Promise<Migration[]>}
 */
export async function readMigrations(directory) {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(names.sort().map((name) => readMigration(directory, name)));
}

/**
 * @param {string} directory
 * @param {string} name
 * @returns {Promise<Migration>}
 */
async function readMigration(directory, name) {
  const bytes = await readFile(join(directory, name, 'migration.sql')).catch((error) => {
    throw migrationError(
      'MIGRATION_FAILED',
      `Migration ${name} has no readable migration.sql; add it.`,
      error,
    );
  });
  return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
}
