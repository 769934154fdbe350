import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Caller } from '@personr/audit';
import { aLogSigner } from '@personr/audit/testing';
import { type DocumentId, newId, type SubjectId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { migrate } from '@personr/stack';
import { type ObjectStore, objectNameOf, subjectPrefix } from '@personr/stores';
import { anObjectStore } from '@personr/stores/testing';
import { aNewSubject, subjectsOver } from '@personr/subjects/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, tempDirectory, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { type BackupManifest } from './backup.js';
import { restoreBackup } from './restore-backup.js';
import { writeBackup } from './write-backup.js';

const MIGRATIONS = fileURLToPath(new URL(`file://${process.cwd()}/prisma/migrations`));
const READ = 'IDENTITY_VERIFICATION';

describe('a portable backup', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let opened: TestVault;
  let room: ReturnType<typeof subjectsOver>;
  let bank: Caller;
  let objects: ObjectStore;
  let subjectId: SubjectId;
  let documentId: DocumentId;
  const clock = new SettableClock('2026-11-24T18:00:00.000Z');
  const signer = aLogSigner();

  const open = (): void => {
    tenancy = openTenancy(databases);
    room = subjectsOver({ tenancy, vault: opened.vault, clock, objects });
  };
  beforeEach(async () => {
    databases = await createTestDatabases();
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    objects = anObjectStore();
    open();
    const tenantId = await aTenant(tenancy, clock.now());
    await opened.vault.openTenant(tenantId);
    bank = { tenantId, actor: { kind: 'API_CLIENT', id: newId(clock.now()) } };
    subjectId = await admit('ada');
    documentId = await addDocument(subjectId);
  });
  afterEach(async () => {
    await tenancy.close();
    await opened.close();
    await databases.drop();
  });

  const admit = async (externalId: string) => (await room.admit.run(bank, aNewSubject(externalId), null)).id;
  const addDocument = async (of: SubjectId, bytes = Buffer.from('a face')): Promise<DocumentId> => {
    const about = { source: 'CONSUMER_DIRECT', purpose: READ, element: 'SELFIE' } as const;
    const document = { subjectId: of, ...about, collectedAt: clock.now(), mediaType: 'image/png' };
    const body = { bytes: Readable.from([bytes]), sizeBytes: null, sha256: null };
    return (await room.addDocument.run(bank, { document, body, identity: null })).id;
  };
  const backUp = (directory: string, from: ObjectStore = objects): Promise<BackupManifest> =>
    writeBackup(directory, {
      ownerUrl: databases.ownerUrl,
      objects: from,
      signer,
      clock,
      progress: () => undefined,
    });
  const restore = async (directory: string, changes: object = {}) => {
    await tenancy.close();
    try {
      return await restoreBackup(directory, {
        ownerUrl: databases.ownerUrl,
        objects,
        vault: opened.vault,
        signer,
        migrate,
        migrations: MIGRATIONS,
        replace: true,
        progress: () => undefined,
        ...changes,
      });
    } finally {
      open();
    }
  };
  const newDirectory = () => join(tempDirectory('backup'), 'one');
  const values = async (of: SubjectId): Promise<unknown[]> =>
    (await room.read.run(bank, { subjectId: of, purpose: READ })).map(({ value }) => value);

  /** Every row of every table but the mark, which a restore moves. */
  const everything = async (): Promise<Record<string, string>> => {
    const client = new pg.Client({ connectionString: databases.ownerUrl });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename not in ('_prisma_migrations', 'tide')`,
    );
    const all: Record<string, string> = {};
    for (const { name } of rows) {
      const digest = `select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as digest from ${name} t`;
      all[name] = (await client.query<{ digest: string }>(digest)).rows[0]!.digest;
    }
    await client.end();
    return all;
  };

  it('R-61: brings every row and document back as it was, into an older place, and closes the service', async () => {
    const directory = newDirectory();
    const before = await everything();
    const manifest = await backUp(directory);
    expect(manifest.tables.length).toBeGreaterThan(25);
    const later = await admit('bob');
    await objects.remove({ prefix: subjectPrefix(bank.tenantId, subjectId) });
    await restore(directory);
    expect(await everything()).toEqual(before);
    expect(await values(subjectId)).toContain('Ada Invented');
    await expect(values(later)).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
    const reading = { subjectId, documentId, purpose: READ, part: () => null };
    const { bytes } = await room.readDocument.run(bank, reading);
    expect((await buffer(bytes)).toString()).toBe('a face');
    const { mark, restoreId } = await tenancy.forRelay(async (tx) => {
      const [row] = await tx.$queryRaw<{ mark: string; restoreId: string | null }[]>`
        select mark::text, restore_id::text as "restoreId" from tide`;
      return row!;
    });
    expect([mark, restoreId === null]).toEqual(['00000000-0000-0000-0000-000000000000', false]);
  });

  it('is of one instant, whatever is written meanwhile, and can be restored', async () => {
    const directory = newDirectory();
    const running = backUp(directory);
    for (let at = 0; at < 10; at += 1) await admit(`meanwhile-${at}`);
    const { tables } = await running;
    await restore(directory);
    const subjects = tables.find(({ name }) => name === 'subject')!.rows;
    const records = tables.find(({ name }) => name === 'record')!.rows;
    expect(records).toBe(subjects * 4);
    expect(await tenancy.forTenant(bank.tenantId, (tx) => tx.subject.count())).toBe(subjects);
  });

  it('can be read by its owner alone and holds nothing of a key', async () => {
    const directory = newDirectory();
    await backUp(directory);
    const files = readdirSync(directory, { recursive: true, withFileTypes: true });
    for (const file of files) expect(statSync(join(file.parentPath, file.name)).mode & 0o077).toBe(0);
    const text = files
      .filter((file) => file.isFile())
      .map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'))
      .join('');
    const roots = opened.keyringDirectories.flatMap((replica) =>
      readdirSync(replica, { recursive: true, withFileTypes: true }).filter((file) => file.isFile()),
    );
    expect(roots.length).toBeGreaterThan(0);
    for (const root of roots) {
      const key = readFileSync(join(root.parentPath, root.name)).subarray(1, 33);
      for (const spelling of ['latin1', 'hex', 'base64'] as const)
        expect(text).not.toContain(key.toString(spelling));
    }
    expect(text).not.toContain('Ada Invented');
    expect(text).not.toContain('a face');
  });

  it.each([
    [
      'a table that was cut off',
      'tables/record.copy',
      (path: string) => {
        truncateSync(path, 100);
      },
    ],
    [
      'a table with a byte more',
      'tables/subject.copy',
      (path: string) => {
        appendFileSync(path, '\n');
      },
    ],
    [
      'a list of objects that was changed',
      'objects.ndjson',
      (path: string) => {
        writeFileSync(path, '');
      },
    ],
    [
      'a part that is missing',
      'tables/tenant.copy',
      (path: string) => {
        rmSync(path);
      },
    ],
    [
      'a manifest that says something else',
      'manifest.json',
      (path: string) => {
        writeFileSync(path, readFileSync(path, 'utf8').replace(/"rows": \d+/, '"rows": 9'));
      },
    ],
  ])('R-61: refuses %s, names it, and changes nothing', async (_, part, damage) => {
    const directory = newDirectory();
    await backUp(directory);
    const before = await everything();
    damage(join(directory, part));
    await expect(restore(directory)).rejects.toMatchObject({
      code: 'BACKUP_BROKEN',
      message: expect.stringContaining(part) as string,
    });
    expect(await everything()).toEqual(before);
  });

  it('refuses an object that was changed, and names it', async () => {
    const directory = newDirectory();
    await backUp(directory);
    const name = objectNameOf(bank.tenantId, { subjectId, id: documentId });
    appendFileSync(join(directory, 'objects', name), 'x');
    await expect(restore(directory)).rejects.toMatchObject({
      message: expect.stringContaining(name) as string,
    });
  });

  it('is known to be none when it was broken off', async () => {
    const directory = newDirectory();
    const failing = Object.assign(Object.create(objects) as ObjectStore, {
      get: () => {
        throw new Error('the object store went away');
      },
    });
    await expect(backUp(directory, failing)).rejects.toThrow('went away');
    expect(existsSync(join(directory, 'manifest.json'))).toBe(false);
    await expect(restore(directory)).rejects.toMatchObject({ code: 'BACKUP_INCOMPLETE' });
    await expect(backUp(directory)).rejects.toMatchObject({ code: 'BACKUP_INCOMPLETE' });
  });

  it('replaces nothing unasked, nothing that somebody uses, and nothing beside a foreign key store', async () => {
    const directory = newDirectory();
    await backUp(directory);
    const before = await everything();
    await expect(restore(directory, { replace: false })).rejects.toMatchObject({ code: 'RESTORE_REFUSED' });
    const guest = new pg.Client({ connectionString: databases.tenantUrl });
    await guest.connect();
    await expect(restore(directory)).rejects.toMatchObject({ code: 'RESTORE_REFUSED' });
    await guest.end();
    const others = await createTestDatabases();
    const foreign = await openTestVault({ keystoreUrl: others.keystoreUrl, clock });
    await expect(restore(directory, { vault: foreign.vault })).rejects.toMatchObject({
      code: 'RESTORE_REFUSED',
      message: expect.stringContaining('KEYSTORE_URL') as string,
    });
    expect(await everything()).toEqual(before);
    await foreign.close();
    await others.drop();
  });

  it('R-61: does not bring back a document that nobody can open any more', async () => {
    const directory = newDirectory();
    const kept = await admit('bob');
    await addDocument(kept);
    await backUp(directory);
    const keys = await opened.vault.keysOf(bank.tenantId, subjectId);
    await opened.vault.shred(bank.tenantId, keys, { instructionId: newId(clock.now()) });
    for (const id of [subjectId, kept]) await objects.remove({ prefix: subjectPrefix(bank.tenantId, id) });
    await restore(directory);
    expect(await objects.remaining({ prefix: subjectPrefix(bank.tenantId, subjectId) })).toBe(0);
    expect(await objects.remaining({ prefix: subjectPrefix(bank.tenantId, kept) })).toBe(1);
  });
});
