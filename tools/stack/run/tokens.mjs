import { existsSync } from 'node:fs';
import { CommandError } from './command-error.mjs';
import { run } from './command.mjs';
import { inRoot } from './root.mjs';
import { say, timed } from './say.mjs';

const SOFT_HSM = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'];

/**
 * Builds pkcs11js where SoftHSM is, so that keyrings on tokens are tested. npm built nothing while it installed, and
 * jest remembers for a whole run that a file was not there, so this comes before it. Says why when it cannot be built;
 * what needs it is then skipped.
 */
export async function ensureTokenLibrary() {
  const isWanted = SOFT_HSM.some(existsSync) && existsSync(inRoot('node_modules', 'pkcs11js'));
  if (!isWanted || (await isBuilt())) return;
  try {
    await timed('Building pkcs11js, to test keyrings on tokens', () =>
      run('npm', ['rebuild', 'pkcs11js', '--ignore-scripts=false', '--loglevel=error']),
    );
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    say(
      `pkcs11js cannot be built; it needs a compiler of C++, make, Python and Node's headers. ${error.output}`,
    );
  }
}

async function isBuilt() {
  try {
    await run(process.execPath, ['--eval', "require('pkcs11js')"]);
    return true;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return false;
  }
}
