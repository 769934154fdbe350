import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AuditLog, LayOutLogs, LogSigner, openEvidence, Sequencer } from '@personr/audit';
import { expectEvidenceIntact, expectLogIntact } from '@personr/audit/testing';
import { SystemClock, type TenantId } from '@personr/kernel';
import {
  type Checkpoint,
  consistencyPath,
  hashLeaf,
  parseCheckpoint,
  verifyConsistency,
} from '@personr/proof';
import { MemoryLog } from '@personr/proof/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, tempDirectory, type TestDatabases, waitFor } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';

const MAIN = join(process.cwd(), 'tools/e2e/src/log-child.mjs');
const KILLS = 9;
const ORIGIN = 'personr.example/log/sequencers';

describe('two processes that sequence one log and are killed, again and again', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let vault: TestVault;
  let tenantId: TenantId;
  let signer: LogSigner;
  const clock = new SystemClock();
  const home = tempDirectory('sequencers');
  const [keyFile, signedFile, evidence] = ['log.pem', 'signed', 'evidence'].map((name) =>
    join(home, name),
  ) as [string, string, string];
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    vault = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(keyFile, pem, { mode: 0o600 });
    writeFileSync(signedFile, '');
    signer = LogSigner.fromFile(keyFile);
    tenantId = await aTenant(tenancy);
    await tenancy.forTenant(tenantId, (tx) => new AuditLog().open(tx, { origin: ORIGIN, at: clock.now() }));
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await tenancy.close();
    await vault.close();
    await databases.drop();
  });

  const start = (): ChildProcess => {
    const child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env.PATH,
        NODE_NO_WARNINGS: '1',
        TENANT_DATABASE_URL: databases.tenantUrl,
        RELAY_DATABASE_URL: databases.relayUrl,
        DIRECTORY_DATABASE_URL: databases.directoryUrl,
        KEYSTORE_DATABASE_URL: databases.keystoreUrl,
        KEYRING_DIRECTORIES: vault.keyringDirectories.join(':'),
        EVIDENCE_URL: pathToFileURL(evidence).href,
        LOG_SIGNING_KEY_FILE: keyFile,
        SIGNED_FILE: signedFile,
        TENANT_ID: tenantId,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    children.push(child);
    return child;
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  const signed = (): Checkpoint[] =>
    readFileSync(signedFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => parseCheckpoint(Buffer.from(line, 'base64').toString()));
  const acts = () => tenancy.forTenant(tenantId, (tx) => tx.work.count());

  it('R-99: signed one tree, in which every committed act has its entry and no other has', async () => {
    expect(existsSync(join(process.cwd(), 'libs/audit/dist/index.js'))).toBe(true);
    const running = [start(), start()];
    for (let killed = 0; killed < KILLS; killed += 1) {
      const before = [signed().length, await acts()] as const;
      const hasGoneOn = async () => signed().length > before[0] + (killed % 3) && (await acts()) > before[1];
      await waitFor(hasGoneOn, { what: 'a checkpoint after the last kill', timeoutMs: 60_000 });
      const at = killed % 2;
      await kill(running[at]!);
      running[at] = start();
    }
    await Promise.all(running.map(kill));

    const outside = { heads: vault.heads, evidence: await openEvidence(pathToFileURL(evidence).href) };
    const last = new Sequencer(tenancy, clock, signer, outside);
    while ((await last.run(tenantId)) > 0);
    expect((await new LayOutLogs(tenancy, outside).run()).errors.size).toBe(0);
    const { entries } = await expectLogIntact(tenancy, tenantId, signer.vkey(ORIGIN));
    const committed = await tenancy.forTenant(tenantId, (tx) => tx.work.findMany({ select: { id: true } }));
    expect(entries.map(({ detail }) => detail?.act).sort()).toEqual(committed.map(({ id }) => id).sort());
    expect(expectEvidenceIntact(evidence, { origin: ORIGIN, vkey: signer.vkey(ORIGIN) })).toHaveLength(
      entries.length,
    );

    const tree = new MemoryLog();
    const rows = await tenancy.forTenant(tenantId, (tx) =>
      tx.logEntry.findMany({ orderBy: { position: 'asc' } }),
    );
    await tree.append(rows.map(({ entry }) => hashLeaf(entry)));
    const checkpoints = [...signed(), { origin: ORIGIN, size: tree.size, root: tree.root }];
    expect(checkpoints.length).toBeGreaterThan(KILLS);
    for (const older of checkpoints) {
      for (const newer of checkpoints.filter(({ size }) => size >= older.size)) {
        const path = await consistencyPath(older.size, newer.size, tree.reader);
        verifyConsistency({ oldSize: older.size, newSize: newer.size, path }, older.root, newer.root);
      }
    }
  }, 300_000);
});
