import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { keeper } from '../src/keeper.mjs';
import { run } from './command.mjs';
import { retried } from './retry.mjs';
import { timed } from './say.mjs';

const POLICY = '/usr/sbin/policy-rc.d';
const QUIETLY = { env: { DEBIAN_FRONTEND: 'noninteractive' } };

/** Says whether packages can be installed here without asking: root, on Debian or Ubuntu. */
export const canInstall = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

/** Installs Debian packages without starting their services. @param {readonly string[]} packages */
export const installPackages = (packages) =>
  retried(`Installing ${packages.join(', ')}`, () =>
    timed(`Installing ${packages.join(', ')} (apt-get)`, () => withoutServices(() => install(packages))),
  );

/** @param {readonly string[]} packages */
async function install(packages) {
  await run('apt-get', ['update', '-qq'], QUIETLY);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], QUIETLY);
}

/**
 * Debian asks this program whether a package may start its service (policy-rc.d; 101 means no). Nobody wants a
 * Redis on the default port because a demo was run.
 *
 * @param {() => Promise<void>} work
 */
async function withoutServices(work) {
  if (existsSync(POLICY)) return work();
  keeper.removeAtEnd(POLICY);
  try {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    await work();
  } finally {
    rmSync(POLICY, { force: true });
    keeper.forget(POLICY);
  }
}
