import { execFileSync } from 'node:child_process';
import { StackError } from './stack-error.mjs';

/** @typedef {{ uid: number, gid: number }} User */

/** @type {User | undefined} */
let found;

/**
 * Who PostgreSQL runs as when we are root, whom it refuses: the system's `postgres`, made when absent, or else
 * `nobody`. Undefined when we are not root: then it runs as we do. Throws `PLATFORM_UNSUPPORTED`.
 *
 * @returns {User | undefined}
 */
export function serverUser() {
  if (process.getuid?.() !== 0) return undefined;
  found ??= lookUp('postgres') ?? create('postgres') ?? lookUp('nobody');
  if (found === undefined) {
    throw new StackError(
      'PLATFORM_UNSUPPORTED',
      'PostgreSQL refuses to run as root and no other user could be made; run as another user, or set DATABASE_URL and KEYSTORE_URL.',
    );
  }
  return found;
}

/** @param {string} name */
function create(name) {
  try {
    run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name]);
  } catch {
    // Another run may have made it at the same moment.
  }
  return lookUp(name);
}

/** @param {string} name @returns {User | undefined} */
function lookUp(name) {
  try {
    return { uid: Number(run('id', ['-u', name])), gid: Number(run('id', ['-g', name])) };
  } catch {
    return undefined;
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 */
const run = (command, args) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
