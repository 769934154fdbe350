import 'reflect-metadata';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Global, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Clock, newId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { newKey } from './aead.js';
import { Fault, FaultyKeyring } from './faults.spec-helper.js';
import { newRootId, type Root } from './keyring.js';
import { Vault } from './vault.js';
import { VaultModule } from './vault.module.js';
import { VaultProbes } from './vault.probes.js';
import { anInstruction, aSubject, read, VaultFixture } from './vault.spec-helper.js';

describe('the start of a process', () => {
  let fixture: VaultFixture;
  beforeEach(async () => {
    fixture = await VaultFixture.open();
  });
  afterEach(() => fixture.close());

  const start = async () => {
    const vault = fixture.process();
    await vault.onModuleInit();
    return vault;
  };

  /** A tenant with one subject, and its root as the keyring holds it now. */
  async function arrange() {
    const { vault, tenantId } = await fixture.tenant();
    const kept = await aSubject(vault, tenantId, 'kept');
    const name = await fixture.root(tenantId);
    const root: Root = { ...name, key: (await fixture.keyring.read(name))! };
    return { vault, tenantId, kept, root, files: join(fixture.directories[1], tenantId) };
  }

  it('copies a root back to the replica that lost it', async () => {
    const { root, tenantId, kept, files } = await arrange();
    await rm(files, { recursive: true });
    const vault = await start();
    expect(await fixture.keyring.readAll(root)).toEqual([root.key, root.key]);
    expect(await read(vault, tenantId, kept)).toBe('kept');
  });

  it('R-64: is refused while an empty place stands for a replica, until an operator says that it is a new one', async () => {
    const { root, tenantId, kept } = await arrange();
    await rm(fixture.directories[1], { recursive: true });
    await expect(start()).rejects.toMatchObject({ code: 'KEYRING_INCOMPLETE' });
    await mkdir(fixture.directories[1], { mode: 0o700 });
    await expect(start()).rejects.toMatchObject({ code: 'KEYRING_INCOMPLETE' });
    expect(await fixture.keyring.readAll(root)).toEqual([root.key, null]);
    await fixture.keyring.found();
    const vault = await start();
    expect(await fixture.keyring.readAll(root)).toEqual([root.key, root.key]);
    expect(await read(vault, tenantId, kept)).toBe('kept');
  });

  it('is refused, and nothing destroyed, when no replica holds the root in force', async () => {
    const { tenantId, root } = await arrange();
    await fixture.keyring.destroy([root]);
    const another = { tenantId, rootId: newRootId(), key: newKey() };
    await fixture.keyring.prepare([another]);
    await expect(start()).rejects.toMatchObject({ code: 'KEY_STORE_STALE' });
    expect(await fixture.keyring.list(tenantId)).toHaveLength(2);
  });

  it('is refused when the root in force is another key on every replica', async () => {
    const { root } = await arrange();
    await fixture.keyring.destroy([root]);
    await fixture.keyring.prepare([{ ...root, key: newKey() }]);
    await fixture.keyring.prepare([{ ...root, rootId: newRootId(), key: newKey() }]);
    await expect(start()).rejects.toMatchObject({ code: 'KEYRING_INCOMPLETE' });
    expect(await fixture.keyring.list()).toHaveLength(3);
  });

  it('is refused while others may read a replica', async () => {
    await arrange();
    await chmod(fixture.directories[0], 0o755);
    await expect(start()).rejects.toMatchObject({ code: 'KEYRING_UNSAFE' });
  });

  it('destroys a retired root that came back on one replica, and spares the root in force', async () => {
    const { vault, tenantId, root, kept, files } = await arrange();
    const gone = await aSubject(vault, tenantId, 'gone');
    await vault.shred(tenantId, gone.keyIds, anInstruction());
    await fixture.keyring.prepare([root]);
    await rm(join(fixture.directories[0], tenantId, root.rootId));
    expect(await readdir(files)).toHaveLength(3);
    const next = await start();
    expect(await readdir(files)).toHaveLength(2);
    expect(await read(next, tenantId, kept)).toBe('kept');
  });

  it('spares the roots of a tenant that the key store does not know', async () => {
    const stranger: Root = { tenantId: newId(new Date()), rootId: newRootId(), key: newKey() };
    await arrange();
    await fixture.keyring.prepare([stranger]);
    const vault = await start();
    expect(await fixture.keyring.read(stranger)).toEqual(stranger.key);
    await expect(vault.openTenant(stranger.tenantId)).rejects.toMatchObject({ code: 'KEY_STORE_STALE' });
  });

  it('between the second and the third step of another process does that process no harm', async () => {
    const { vault, tenantId, kept } = await arrange();
    const gone = await aSubject(vault, tenantId, 'gone');
    const keyring = fixture.keyring;
    const prepare = keyring.prepare.bind(keyring);
    const starts: Promise<unknown>[] = [];
    keyring.prepare = async (roots) => {
      await prepare(roots);
      starts.push(start());
      await new Promise((resolve) => setTimeout(resolve, 200));
    };
    await fixture.process({ keyring }).shred(tenantId, gone.keyIds, anInstruction());
    await Promise.all(starts);
    expect(starts).toHaveLength(1);
    expect(await read(await start(), tenantId, kept)).toBe('kept');
  });

  it('opens a tenant once, however often and by however many it is asked, and after a crash', async () => {
    const tenantId = newId<'tenant'>(new Date());
    await start();
    const dying = fixture.process({ keyring: new FaultyKeyring(fixture.keyring, 'after prepare') });
    await expect(dying.openTenant(tenantId)).rejects.toThrow(Fault);
    const vault = await start();
    await Promise.all([vault, fixture.process(), vault].map((process) => process.openTenant(tenantId)));
    expect(await fixture.keyring.list(tenantId)).toHaveLength(2);
    expect(await vault.keysOf(tenantId, await fixture.house(tenantId, 'SUBJECTS'))).toHaveLength(2);
  });

  it('gives an application the vault and its probes', async () => {
    @Global()
    @Module({ providers: [{ provide: Clock, useValue: new SettableClock() }], exports: [Clock] })
    class ClockModule {}

    @Module({
      imports: [
        ClockModule,
        VaultModule.forRoot({
          databaseUrl: fixture.urls.keystoreUrl,
          keyringDirectories: fixture.directories,
        }),
      ],
    })
    class App {}

    Logger.overrideLogger(false);
    const app = await NestFactory.createApplicationContext(App);
    const tenantId = newId<'tenant'>(new Date());
    await app.get(Vault).openTenant(tenantId);
    expect(await app.get(Vault).durability()).toBe('SINGLE');
    const answers = app.get(VaultProbes).all.map(async (probe) => [probe.name, await probe.check()]);
    expect(await Promise.all(answers)).toEqual([
      ['keyStore', { keyStoreDurability: 'SINGLE' }],
      ['keyring', { replicas: '2' }],
    ]);
    await app.close();
  });
});
