import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isEnterableByAll, makeDirectory, requireSpace } from './directory.mjs';
import { serverUser } from './server-user.mjs';
import { diskFull, fileError, StackError } from './stack-error.mjs';

const exec = promisify(execFile);
/** Where a cluster goes when the server's user cannot pass through the directory it was to lie in. */
const ELSEWHERE = '/var/lib/personr';
/** Text sorts by code point on every machine: the locale is PostgreSQL's own, not the host's. */
const LOCALE = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/**
 * @typedef {object} Cluster
 * @property {string} dataDirectory
 * @property {string} password The superuser's, generated; kept beside the data in a file only we can read.
 */

/**
 * Makes a cluster in `directory`, or finds the one made there before. Throws `DISK_FULL`, `NOT_WRITABLE`,
 * `SERVER_FAILED`.
 *
 * @param {{ directory: string, user: import('./server-user.mjs').User | undefined, initdb: string, name: string,
 *   isDurable: boolean }} options
 * @returns {Promise<Cluster>}
 */
export async function openCluster({ directory, user, initdb, name, isDurable }) {
  const home = clusterHome(makeDirectory(directory, 0o711), user !== undefined);
  const dataDirectory = join(home, 'data');
  const passwordFile = join(home, 'superuser-password');
  if (!existsSync(join(home, 'complete'))) {
    rmSync(dataDirectory, { recursive: true, force: true });
    requireSpace(home);
    await initialise({ home, dataDirectory, passwordFile, user, initdb, name, isDurable });
  }
  return { dataDirectory, password: readFileSync(passwordFile, 'utf8').trim() };
}

/**
 * Makes a cluster in `directory` out of what `fill` puts into its data directory, where there is none yet.
 * `openCluster` then finds it. Throws what `fill` throws, and leaves no cluster then.
 *
 * @param {{ directory: string, password: string, fill: (dataDirectory: string) => Promise<void> }} options
 */
export async function adoptCluster({ directory, password, fill }) {
  const home = clusterHome(makeDirectory(directory, 0o711), serverUser() !== undefined);
  if (existsSync(join(home, 'complete'))) return;
  const dataDirectory = join(home, 'data');
  rmSync(dataDirectory, { recursive: true, force: true });
  requireSpace(home);
  writeFileSync(join(home, 'superuser-password'), password, { mode: 0o600 });
  await fill(dataDirectory);
  writeFileSync(join(home, 'complete'), '', { mode: 0o600 });
}

/**
 * @param {string} directory
 * @param {boolean} asOther
 */
function clusterHome(directory, asOther) {
  const link = join(directory, 'cluster');
  const isLink = lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (isLink && existsSync(link)) return realpathSync(link);
  if (!asOther || isEnterableByAll(directory)) return makeDirectory(link, 0o711);
  rmSync(link, { force: true });
  const home = makeDirectory(mkdtempSync(join(makeDirectory(ELSEWHERE, 0o711), 'cluster-')), 0o711);
  symlinkSync(home, link);
  return home;
}

/**
 * @param {{ home: string, dataDirectory: string, passwordFile: string, initdb: string, name: string,
 *   isDurable: boolean, user: import('./server-user.mjs').User | undefined }} options
 */
async function initialise({ home, dataDirectory, passwordFile, user, initdb, name, isDurable }) {
  const password = randomBytes(24).toString('base64url');
  const handover = join(home, 'initdb-password');
  try {
    writeFileSync(passwordFile, password, { mode: 0o600 });
    writeFileSync(handover, password, { mode: 0o600 });
    makeDirectory(dataDirectory, 0o700);
    if (user !== undefined) for (const path of [handover, dataDirectory]) chownSync(path, user.uid, user.gid);
    await exec(
      initdb,
      [
        `--pgdata=${dataDirectory}`,
        '--username=postgres',
        '--auth=scram-sha-256',
        `--pwfile=${handover}`,
        ...LOCALE,
        ...(isDurable ? [] : ['--no-sync']),
      ],
      { ...user, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } },
    );
    writeFileSync(join(home, 'complete'), '', { mode: 0o600 });
  } catch (error) {
    throw initialisationError(error, home, name);
  } finally {
    rmSync(handover, { force: true });
  }
}

/**
 * @param {unknown} error
 * @param {string} home
 * @param {string} name
 */
function initialisationError(error, home, name) {
  const { stderr } = /** @type {{ stderr?: string }} */ (error);
  if (stderr === undefined) return fileError(error, home);
  if (stderr.includes('No space left on device')) return diskFull(home, error);
  return new StackError(
    'SERVER_FAILED',
    `The ${name} cluster could not be made in ${home}; initdb said: ${stderr.trim().split('\n').slice(-3).join(' ')}`,
    { cause: error },
  );
}
