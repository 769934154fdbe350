import { type InstructionId, newId, type TenantId } from '@personr/kernel';
import { Fault, FaultyKeyring, CutWire } from './faults.spec-helper.js';
import { newKey } from './aead.js';
import { type KeyStoreVault } from './key-store.vault.js';
import { newRootId } from './keyring.js';
import { anInstruction, aSubject, type Copy, type Kept, read, VaultFixture } from './vault.spec-helper.js';

describe('shredding', () => {
  let fixture: VaultFixture;
  beforeAll(async () => {
    fixture = await VaultFixture.open();
  });
  afterAll(() => fixture.close());

  /** Three subjects; every copy that was ever taken is in `copies`. */
  async function arrange() {
    const { vault, tenantId } = await fixture.tenant();
    const [gone, held, other] = [
      await aSubject(vault, tenantId, 'gone'),
      await aSubject(vault, tenantId, 'held'),
      await aSubject(vault, tenantId, 'other'),
    ];
    return { vault, tenantId, gone, held, other, copies: [await fixture.copy(tenantId)] };
  }

  async function expectShredded(
    { vault, tenantId, copies }: { vault: KeyStoreVault; tenantId: TenantId; copies: readonly Copy[] },
    gone: Kept,
    survivors: readonly Kept[],
  ) {
    const won = await fixture.attack(tenantId, [...copies, await fixture.copy(tenantId)]);
    for (const keyId of gone.keyIds) expect(won.has(keyId)).toBe(false);
    for (const keyId of survivors.flatMap(({ keyIds }) => keyIds)) expect(won.has(keyId)).toBe(true);
    await expect(read(vault, tenantId, gone)).rejects.toMatchObject({ code: 'KEY_SHREDDED' });
    expect(await Promise.all(survivors.map((kept) => read(fixture.process(), tenantId, kept)))).toHaveLength(
      survivors.length,
    );
    const rows = await fixture.rows(
      tenantId,
      'select tenant_id as "tenantId", root_id as "rootId" from tenant_root where tenant_id = $1',
    );
    const held = await fixture.keyring.list(tenantId);
    expect(held).toHaveLength(2);
    expect(held).toEqual(expect.arrayContaining(rows));
  }

  it('leaves nothing that old copies of the key store and all living roots could open, and everybody else', async () => {
    const scene = await arrange();
    const { vault, tenantId, gone, held, other } = scene;
    const before = await fixture.attack(tenantId, scene.copies);
    for (const keyId of gone.keyIds) expect(before.has(keyId)).toBe(true);
    fixture.clock.advance(1000);

    const shredding = await vault.shred(tenantId, gone.keyIds, anInstruction());

    expect(shredding).toEqual({
      keysShredded: 3,
      rootsDestroyed: 1,
      sealedAt: fixture.clock.now(),
      unreadableAt: fixture.clock.now(),
      unguessableAt: null,
    });
    await expectShredded(scene, gone, [held, other]);
    expect(await vault.remaining(tenantId, gone.subjectId)).toEqual({ keys: 0, indexEntries: 0 });
    expect(await vault.find(tenantId, { type: 'EXTERNAL_ID', value: 'gone' })).toEqual([]);
  });

  it('puts a root into force that nobody can guess: 32 random bytes, another each time', async () => {
    const { vault, tenantId, gone, held } = await arrange();
    const keys: string[] = [];
    for (const kept of [gone, held]) {
      await vault.shred(tenantId, kept.keyIds, anInstruction());
      const names = await fixture.keyring.list(tenantId);
      for (const name of names) keys.push((await fixture.keyring.read(name))!.toString('hex'));
    }
    // Two rotations of the tree of subjects beside the one root of that of requests.
    expect(new Set(keys).size).toBe(3);
    for (const key of keys) expect(new Set(Buffer.from(key, 'hex')).size).toBeGreaterThan(16);
  });

  it('is undone by one root that was kept: the attack is not blind', async () => {
    const { vault, tenantId, gone, copies } = await arrange();
    const name = await fixture.root(tenantId);
    const key = (await fixture.keyring.read(name))!;
    await vault.shred(tenantId, gone.keyIds, anInstruction());
    await fixture.keyring.prepare([{ ...name, key }]);
    const won = await fixture.attack(tenantId, copies);
    expect(gone.keyIds.every((keyId) => won.has(keyId))).toBe(true);
  });

  it('keeps the other keys of a subject that is shredded in part', async () => {
    const scene = await arrange();
    const { vault, tenantId, held, other, gone } = scene;
    const [scan, ...kept] = [...held.keyIds].reverse();
    await vault.shred(tenantId, [scan!], anInstruction());
    const won = await fixture.attack(tenantId, [...scene.copies, await fixture.copy(tenantId)]);
    expect(won.has(scan!)).toBe(false);
    expect([...kept, ...gone.keyIds, ...other.keyIds].every((keyId) => won.has(keyId))).toBe(true);
    expect(await vault.keysOf(tenantId, held.subjectId)).toHaveLength(2);
  });

  it('holds through a row of erasures, each with copies taken in between', async () => {
    const scene = await arrange();
    for (const kept of [scene.gone, scene.held]) {
      await scene.vault.shred(scene.tenantId, kept.keyIds, anInstruction());
      scene.copies.push(await fixture.copy(scene.tenantId));
    }
    await expectShredded(scene, scene.gone, [scene.other]);
    await expectShredded(scene, scene.held, [scene.other]);
  });

  it('answers an instruction that asks again with the first numbers and instants', async () => {
    const { vault, tenantId, gone, held } = await arrange();
    const reason = anInstruction();
    const first = await vault.shred(tenantId, gone.keyIds, reason);
    fixture.clock.advance(60_000);
    expect(await vault.shred(tenantId, gone.keyIds, reason)).toEqual(first);
    const more = await vault.shred(tenantId, [...gone.keyIds, held.keyId], reason);
    expect(more).toMatchObject({ keysShredded: 4, rootsDestroyed: 2, sealedAt: fixture.clock.now() });
    const late = await vault.shred(tenantId, gone.keyIds, anInstruction());
    expect(late).toMatchObject({ keysShredded: 0, rootsDestroyed: 0 });
  });

  it('touches no key of another tenant, even when handed its id', async () => {
    const { vault, tenantId, gone } = await arrange();
    const { tenantId: stranger } = await fixture.tenant();
    expect(await vault.shred(stranger, gone.keyIds, anInstruction())).toMatchObject({ keysShredded: 0 });
    expect(await read(vault, tenantId, gone)).toBe('gone');
  });

  it('never takes the key of the blind index', async () => {
    const { vault, tenantId, other } = await arrange();
    await vault.shred(
      tenantId,
      await vault.keysOf(tenantId, await fixture.house(tenantId, 'SUBJECTS')),
      anInstruction(),
    );
    expect(await vault.find(tenantId, { type: 'EXTERNAL_ID', value: 'other' })).toEqual([other.subjectId]);
  });

  it.each(['before prepare', 'after prepare', 'before destroy', 'after destroy'] as const)(
    'comes to one end after a crash %s, with the numbers of the instruction',
    async (point) => {
      const scene = await arrange();
      const { tenantId, gone, held, other } = scene;
      const dying = fixture.process({ keyring: new FaultyKeyring(fixture.keyring, point) });
      const reason = anInstruction();
      await expect(dying.shred(tenantId, gone.keyIds, reason)).rejects.toThrow(Fault);
      scene.copies.push(await fixture.copy(tenantId));
      const done = await fixture.process().shred(tenantId, gone.keyIds, reason);
      expect(done).toMatchObject({ keysShredded: 3, rootsDestroyed: 1 });
      await expectShredded(scene, gone, [held, other]);
      const retired = await fixture.rows(
        tenantId,
        'select destroyed_at is null as pending from retired_root where tenant_id = $1',
      );
      expect(retired).toEqual([{ pending: false }]);
    },
  );

  it.each(['before destroy', 'after destroy'] as const)(
    'is finished by a start after a crash %s, and by the shredding of somebody else',
    async (point) => {
      for (const finish of ['start', 'other'] as const) {
        const scene = await arrange();
        const { tenantId, gone, held, other } = scene;
        const dying = fixture.process({ keyring: new FaultyKeyring(fixture.keyring, point) });
        const reason = anInstruction();
        await expect(dying.shred(tenantId, gone.keyIds, reason)).rejects.toThrow(Fault);
        if (finish === 'start') await fixture.process().onModuleInit();
        else await scene.vault.shred(tenantId, other.keyIds, anInstruction());
        await expectShredded(scene, gone, finish === 'start' ? [held, other] : [held]);
        expect(await scene.vault.shred(tenantId, gone.keyIds, reason)).toMatchObject({ keysShredded: 3 });
      }
    },
  );

  it.each(['request', 'reply'] as const)(
    'reads an unknown outcome afresh when the %s of its commit is lost',
    async (cut) => {
      const scene = await arrange();
      const { tenantId, gone, held, other } = scene;
      const wire = new CutWire(new URL(fixture.urls.keystoreUrl));
      const vault = fixture.process({ databaseUrl: await wire.open() });
      await vault.durability();
      wire.arm(cut);
      const done = await vault.shred(tenantId, gone.keyIds, anInstruction());
      wire.close();
      expect(wire.armed).toBe(false);
      expect(done).toMatchObject({ keysShredded: 3, rootsDestroyed: 1 });
      await expectShredded(scene, gone, [held, other]);
    },
  );

  it('destroys no root while a replica has lost the new one and cannot take it back', async () => {
    const { vault, tenantId, gone, other } = await arrange();
    const losing = fixture.keyring;
    const prepare = losing.prepare.bind(losing);
    let prepared = 0;
    losing.prepare = async (roots) => {
      await prepare(roots);
      prepared += 1;
    };
    losing.readAll = async (name) =>
      (await fixture.keyring.readAll(name)).map((key, at) => (at ? key : null));
    const before = await fixture.keyring.list(tenantId);
    const dying = fixture.process({ keyring: losing });
    await expect(dying.shred(tenantId, gone.keyIds, anInstruction())).rejects.toMatchObject({
      code: 'KEYRING_INCOMPLETE',
    });
    expect(prepared).toBe(2);
    expect(await fixture.keyring.list(tenantId)).toEqual(expect.arrayContaining(before));
    expect(await fixture.keyring.list(tenantId)).toHaveLength(3);
    expect(await read(vault, tenantId, other)).toBe('other');
  });

  it('destroys a retired root that comes back on a replica, and an orphan, with the next shredding', async () => {
    const scene = await arrange();
    const { vault, tenantId, gone, held, other } = scene;
    const name = await fixture.root(tenantId);
    const key = (await fixture.keyring.read(name))!;
    await vault.shred(tenantId, gone.keyIds, anInstruction());
    await fixture.keyring.prepare([
      { ...name, key },
      { tenantId, rootId: newRootId(), key: newKey() },
    ]);
    expect(await vault.shred(tenantId, [other.keyId], anInstruction())).toMatchObject({ rootsDestroyed: 1 });
    await expectShredded(scene, gone, [held]);
  });

  it('puts only ids, counts and instants into the ledger', async () => {
    const { vault, tenantId, gone } = await arrange();
    const instructionId: InstructionId = newId(new Date());
    await vault.shred(tenantId, gone.keyIds, { instructionId });
    const [line] = await fixture.rows(tenantId, 'select * from erasure_ledger where tenant_id = $1');
    expect(line).toEqual({
      tenant_id: tenantId,
      instruction_id: instructionId,
      scope: 'SUBJECT',
      subject_id: null,
      elements: [],
      key_ids: expect.arrayContaining(gone.keyIds) as unknown,
      keys_shredded: 3,
      roots_destroyed: 1,
      intended_at: fixture.clock.now(),
      shredded_at: fixture.clock.now(),
      sealed_at: fixture.clock.now(),
      unguessable_at: null,
    });
  });
});
