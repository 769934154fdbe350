import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tempDirectory } from '@personr/testkit';
import { eraseOf, OperatedProduct } from './operated-product.js';

const LIBRARIES = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'];
const PIN = '729401';

const library = LIBRARIES.find(existsSync);

function isBuilt(): boolean {
  try {
    createRequire(__filename)('pkcs11js');
    return true;
  } catch {
    return false;
  }
}

/** Two tokens of SoftHSM, as an operator's environment names them. */
function makeTokens(): { readonly KEYRING_TOKENS: string; readonly SOFTHSM2_CONF: string } {
  const home = tempDirectory('tokens');
  const [tokens, pinFile, SOFTHSM2_CONF] = ['tokens', 'pin', 'softhsm2.conf'].map((name) =>
    join(home, name),
  ) as [string, string, string];
  mkdirSync(tokens);
  writeFileSync(pinFile, PIN, { mode: 0o600 });
  writeFileSync(
    SOFTHSM2_CONF,
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  for (const label of ['first', 'second']) {
    const words = ['--init-token', '--free', '--label', label, '--so-pin', PIN, '--pin', PIN];
    execFileSync('softhsm2-util', words, { env: { ...process.env, SOFTHSM2_CONF }, stdio: 'ignore' });
  }
  const uri = (label: string) =>
    `pkcs11:token=${label}?module-path=${library ?? ''}&pin-source=file:${pinFile}`;
  return { KEYRING_TOKENS: `${uri('first')} ${uri('second')}`, SOFTHSM2_CONF };
}

// Skipped where there is no token to be had: .ci/run installs SoftHSM.
const describeWhereHad = library === undefined || !isBuilt() ? describe.skip : describe;

describeWhereHad('an operator whose keyring is on tokens (SoftHSM, PKCS#11)', () => {
  let product: OperatedProduct;
  let backup: string;

  beforeAll(async () => {
    product = new OperatedProduct(makeTokens());
    backup = join(product.directory, 'backup');
    const { personr } = await product.start();
    for (const externalId of ['gone', 'kept']) await personr.admitSubject({ externalId });
    const { code, told } = await product.ops('backup', backup);
    expect([code, code === 0 ? '' : told]).toEqual([0, '']);
    await eraseOf(personr, 'gone');
  });

  afterAll(() => product.stop());

  it('has no root in a directory: those are on the tokens', async () => {
    const { code, said } = await product.ops('keyring', 'check');
    expect([code, said]).toEqual([0, '2 replicas are there\n']);
    const roots = readdirSync(join(product.directory, '.personr', 'keyring'), { recursive: true });
    expect(roots.filter((name) => /[0-9a-f]{8}-/.test(String(name)))).toEqual([]);
  });

  it('R-61, R-62: drills on a backup from before an erasure: nobody is back, and everybody else is read', async () => {
    const { code, said } = await product.ops('drill', backup, '--json');
    const { report } = JSON.parse(said) as {
      report: { claims: { held: boolean }[]; erasedSince: object[] };
    };
    expect(report.claims.map(({ held }) => held)).toEqual([true, true, true, true]);
    expect([code, report.erasedSince.length]).toEqual([0, 1]);
  });

  it('R-61: restores that backup, replays the erasure and finds nothing left', async () => {
    await product.stop();
    const restored = await product.ops('restore', backup, '--replace');
    expect([restored.code, restored.code === 0 ? '' : restored.told]).toEqual([0, '']);
    expect(restored.said).toContain('Restored and replayed. The service is open.');
    const { code, said } = await product.ops('sweep', '--json');
    const { tenants } = JSON.parse(said) as { tenants: { erasures: number; residues: number }[] };
    expect([code, tenants.map(({ erasures, residues }) => [erasures, residues])]).toEqual([
      0,
      expect.arrayContaining([[1, 0]]),
    ]);
  });
});
