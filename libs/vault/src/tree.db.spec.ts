import { newId, type SubjectId, type TenantId } from '@personr/kernel';
import { FAN_OUT } from './branch.js';
import { type KeyStoreVault } from './key-store.vault.js';
import { type LedgerLine } from './vault.erasure.js';
import { anInstruction, aSubject, bytes, type Kept, read, VaultFixture } from './vault.spec-helper.js';

describe('the key tree of a tenant', () => {
  let fixture: VaultFixture;
  beforeAll(async () => {
    fixture = await VaultFixture.open();
  });
  afterAll(() => fixture.close());

  const count = async (tenantId: TenantId, sql: string): Promise<number> => {
    const [row] = await fixture.rows(tenantId, `select count(*)::int as count ${sql}`);
    return row!.count as number;
  };

  const height = async (tenantId: TenantId): Promise<number> => {
    const [row] = await fixture.rows(
      tenantId,
      `select height from tenant_root where tenant_id = $1 and tree = 'SUBJECTS'`,
    );
    return row!.height as number;
  };

  /** Admits so many subjects at once, each with one sealed value. */
  async function aCrowd(vault: KeyStoreVault, tenantId: TenantId, names: readonly string[]): Promise<Kept[]> {
    const admitted = await vault.admitAll(
      tenantId,
      names.map((name) => ({
        candidate: newId<'subject'>(new Date()),
        identities: [{ type: 'EXTERNAL_ID', value: name } as const],
        labels: ['name'],
        seal: () => [{ label: 'name', binding: ['name'], plaintext: bytes(name) }],
      })),
    );
    return admitted.map(({ subjectId, keys, sealed }) => ({
      subjectId,
      keyIds: [...keys.values()],
      ...sealed[0]!,
    }));
  }

  const names = (length: number, prefix = 'n') =>
    Array.from({ length }, (_, at) => `${prefix}-${String(at)}`);

  /** A tenant whose tree begins with so few levels that it has to be raised soon. */
  async function aLowTree(): Promise<{ vault: KeyStoreVault; tenantId: TenantId }> {
    const { vault, tenantId } = await fixture.tenant();
    await fixture.lower(tenantId);
    expect(await height(tenantId)).toBe(1);
    return { vault, tenantId };
  }

  it('is read by what is asked for, not by all of the tenant, before the server has any statistics', async () => {
    const { vault, tenantId } = await fixture.tenant();
    const crowd = await aCrowd(vault, tenantId, names(4000, 'unseen'));
    const some = crowd.slice(0, 100);
    const listOf = (ids: readonly string[]) => `'{${ids.join()}}'::uuid[]`;
    const plan = async (statement: string): Promise<string> => {
      const rows = await fixture.rows(tenantId, `explain ${statement} and $1::uuid is not null`);
      return rows.map((row) => row['QUERY PLAN'] as string).join('\n');
    };
    const owners = listOf(some.map(({ subjectId }) => subjectId));
    const packs = listOf(some.map(({ keyIds: [keyId = ''] }) => `${keyId.slice(0, -3)}000`));
    const before = `tenant_id = '${tenantId}' and`;
    const entries = await plan(`select from index_entry where ${before} owner = any(${owners})`);
    expect(entries).toMatch(/index_entry_owner/);
    const found = await plan(`select sealed from pack where ${before} pack_id = any(${packs})`);
    expect(found).toMatch(/pack_pkey/);
  });

  it('R-60: an erasure rewrites one path, whatever the number of subjects', async () => {
    const { vault, tenantId } = await fixture.tenant();
    const crowd = await aCrowd(vault, tenantId, names(400));
    const versions = async () =>
      fixture.rows(
        tenantId,
        `select level, place, version from branch where tenant_id = $1 and tree = 'SUBJECTS' order by level, place`,
      );
    const before = await versions();
    await vault.shred(tenantId, crowd[200]!.keyIds, anInstruction());
    const changed = (await versions()).filter((row, at) => row.version !== before[at]!.version);
    expect(changed.map(({ level }) => level)).toEqual([0, 1]);
    expect(await count(tenantId, `from branch where tenant_id = $1 and tree = 'SUBJECTS'`)).toBe(
      before.length,
    );
    expect(await read(vault, tenantId, crowd[199]!)).toBe('n-199');
    expect(await read(vault, tenantId, crowd[399]!)).toBe('n-399');
  });

  it('is raised when it is full, and everything in it still opens', async () => {
    const { vault, tenantId } = await aLowTree();
    const first = await aCrowd(vault, tenantId, names(FAN_OUT - 1));
    expect(await height(tenantId)).toBe(1);
    const second = await aCrowd(vault, tenantId, names(FAN_OUT, 'm'));
    expect(await height(tenantId)).toBe(2);
    const third = await aCrowd(vault, tenantId, names(FAN_OUT * FAN_OUT, 'k'));
    expect(await height(tenantId)).toBe(3);
    for (const kept of [first[0]!, second.at(-1)!, third.at(-1)!]) await read(vault, tenantId, kept);
    await vault.shred(tenantId, first[3]!.keyIds, anInstruction());
    expect(await read(vault, tenantId, first[4]!)).toBe('n-4');
    expect(await read(vault, tenantId, third.at(-1)!)).toBe(`k-${String(FAN_OUT * FAN_OUT - 1)}`);
  });

  it('is raised by many at once, each losing nothing', async () => {
    const { tenantId } = await aLowTree();
    const processes = [fixture.process(), fixture.process(), fixture.process()];
    const kept = await Promise.all(names(90).map((name, at) => aSubject(processes[at % 3]!, tenantId, name)));
    for (const [at, one] of kept.entries()) {
      expect(await read(processes[0]!, tenantId, one)).toBe(`n-${String(at)}`);
    }
    expect(await count(tenantId, `from node where tenant_id = $1 and tree = 'SUBJECTS'`)).toBe(91);
  });

  it('uses the places of the erased again, so that it does not grow with erasures', async () => {
    const { vault, tenantId } = await fixture.tenant();
    const size = () => count(tenantId, `from branch where tenant_id = $1 and tree = 'SUBJECTS'`);
    await aCrowd(vault, tenantId, names(100));
    const before = await size();
    for (let round = 0; round < 5; round += 1) {
      const crowd = await aCrowd(vault, tenantId, names(60, `r${String(round)}`));
      await vault.shredAll(
        tenantId,
        crowd.map(({ keyIds }) => ({ ...anInstruction(), keyIds })),
      );
    }
    expect(await size()).toBeLessThanOrEqual(before + 3);
    expect(await count(tenantId, `from node where tenant_id = $1 and tree = 'SUBJECTS'`)).toBe(101);
  });

  it('shreds for many instructions in one rotation, each with its own line and numbers', async () => {
    const { vault, tenantId } = await fixture.tenant();
    const crowd = await aCrowd(vault, tenantId, names(50));
    const orders = crowd.slice(0, 40).map(({ keyIds }) => ({ ...anInstruction(), keyIds }));
    const done = await vault.shredAll(tenantId, orders);
    expect(orders.map(({ instructionId }) => done.get(instructionId)?.keysShredded)).toEqual(
      orders.map(() => 2),
    );
    expect(await count(tenantId, 'from retired_root where tenant_id = $1')).toBe(1);
    expect(await vault.shredAll(tenantId, orders)).toEqual(done);
    for (const gone of crowd.slice(0, 40)) {
      await expect(read(vault, tenantId, gone)).rejects.toMatchObject({ code: 'KEY_SHREDDED' });
    }
    for (const kept of crowd.slice(40)) await read(vault, tenantId, kept);
  });

  it('shares a rotation among shreddings that come while one is under way', async () => {
    const { vault, tenantId } = await fixture.tenant();
    const crowd = await aCrowd(vault, tenantId, names(20));
    const done = await Promise.all(crowd.map(({ keyIds }) => vault.shred(tenantId, keyIds, anInstruction())));
    expect(done.map(({ keysShredded }) => keysShredded)).toEqual(crowd.map(() => 2));
    const rotations = await count(tenantId, 'from retired_root where tenant_id = $1');
    expect(rotations).toBeLessThanOrEqual(3);
    const won = await fixture.attack(tenantId, [await fixture.copy(tenantId)]);
    expect(crowd.flatMap(({ keyIds }) => keyIds).filter((keyId) => won.has(keyId))).toEqual([]);
  });

  it('R-61: a tenant that leaves loses everything at once, and keeps the records of its requests', async () => {
    const { vault, tenantId } = await fixture.tenant();
    const crowd = await aCrowd(vault, tenantId, names(40));
    const owner = newId<'instruction'>(new Date());
    const item = {
      owner,
      tree: 'REQUESTS',
      label: 'RECORD',
      binding: ['r'],
      plaintext: bytes('order'),
    } as const;
    const record = await vault.sealFor(tenantId, item);
    const copy = await fixture.copy(tenantId);
    const reason = anInstruction();
    const keyIds = crowd.map(({ keyId }) => keyId);
    expect(await vault.gone(tenantId, [...keyIds, record.keyId])).toEqual([]);
    const left = await vault.leave(tenantId, reason);
    expect(await vault.leave(tenantId, reason)).toEqual(left);
    // Their rows are still there, and no key of theirs is.
    expect(await vault.gone(tenantId, [...keyIds, record.keyId])).toEqual(keyIds);
    await expect(read(vault, tenantId, crowd[0]!)).rejects.toMatchObject({ code: 'KEY_SHREDDED' });
    await expect(aSubject(vault, tenantId, 'late')).rejects.toMatchObject({ code: 'KEY_STORE_STALE' });
    expect(await vault.open(tenantId, [{ ...record, binding: ['r'] }])).toEqual([bytes('order')]);
    const won = await fixture.attack(tenantId, [copy, await fixture.copy(tenantId)]);
    expect(won.has(record.keyId)).toBe(true);
    for (const { keyIds } of crowd) for (const keyId of keyIds) expect(won.has(keyId)).toBe(false);
    await fixture.process().onModuleInit();
    while ((await vault.clearLeft(tenantId, 25)) > 0);
    const rows = await Promise.all(
      ['branch', 'node'].map((table) =>
        count(tenantId, `from ${table} where tenant_id = $1 and tree = 'SUBJECTS'`),
      ),
    );
    expect([...rows, await count(tenantId, 'from index_entry where tenant_id = $1')]).toEqual([0, 0, 0]);
    expect(await vault.open(tenantId, [{ ...record, binding: ['r'] }])).toEqual([bytes('order')]);
  });

  it('R-65: no hash under a key of a day can be confirmed any more once its tenant has left', async () => {
    const { vault, tenantId } = await fixture.tenant();
    const guess = [Buffer.from('cust-4711')];
    const macs = async () => (await vault.dailyMacs(tenantId, 'idempotency', guess))[0]!;
    const yesterday = await macs();
    fixture.clock.advance(86_400_000);
    const before = await macs();
    expect(before.yesterday).toEqual(yesterday.today);
    await vault.leave(tenantId, anInstruction());
    const after = await macs();
    expect(after.yesterday).toBeNull();
    expect(after.today).not.toEqual(before.today);
  });

  it('R-81: keys on hold outlive the tree of a tenant that leaves, and nothing beside them, not of the same person', async () => {
    const { vault, tenantId } = await fixture.tenant();
    const crowd = await aCrowd(vault, tenantId, names(40));
    const [held, alsoHeld] = crowd;
    const keep = [held!.keyId, alsoHeld!.keyId];
    const copies = [await fixture.copy(tenantId)];
    await vault.leave(tenantId, { ...anInstruction(), keep });
    copies.push(await fixture.copy(tenantId));
    expect(await read(vault, tenantId, held!)).toBe('n-0');
    expect(await vault.gone(tenantId, [held!.keyId, crowd[2]!.keyId])).toEqual([crowd[2]!.keyId]);
    await expect(read(vault, tenantId, crowd[2]!)).rejects.toMatchObject({ code: 'KEY_SHREDDED' });
    expect(await vault.keysOf(tenantId, held!.subjectId)).toEqual([held!.keyId]);
    while ((await vault.clearLeft(tenantId, 1000)) > 0);
    await fixture.process().onModuleInit();
    const won = await fixture.attack(tenantId, [...copies, await fixture.copy(tenantId)]);
    const ofCrowd = [...won].filter((keyId) => crowd.some(({ keyIds }) => keyIds.includes(keyId)));
    expect(ofCrowd.sort()).toEqual([...keep].sort());
    await vault.shred(tenantId, [held!.keyId], anInstruction());
    await expect(read(vault, tenantId, held!)).rejects.toMatchObject({ code: 'KEY_SHREDDED' });
    expect(await read(vault, tenantId, alsoHeld!)).toBe('n-1');
  });

  it('clears nothing of a tenant that is here', async () => {
    const { vault, tenantId } = await fixture.tenant();
    const kept = await aSubject(vault, tenantId, 'kept');
    expect(await vault.clearLeft(tenantId, 1000)).toBe(0);
    expect(await read(vault, tenantId, kept)).toBe('kept');
  });

  it('keeps a ledger of what was intended and of what became of it', async () => {
    const { vault, tenantId } = await fixture.tenant();
    const kept = await aSubject(vault, tenantId, 'kept');
    const subjectId: SubjectId = kept.subjectId;
    const { instructionId } = anInstruction();
    const intent = { instructionId, subjectId, elements: ['face_template'], keyIds: kept.keyIds };
    await vault.intend(tenantId, [intent, { ...anInstruction(), subjectId: null, elements: [], keyIds: [] }]);
    await vault.intend(tenantId, [{ ...intent, keyIds: [kept.keyId] }]);
    await vault.shred(tenantId, [kept.keyId], { instructionId });
    const lines: LedgerLine[] = [];
    for await (const line of vault.ledger(tenantId)) lines.push(line);
    expect(lines.sort(({ scope }) => (scope === 'SUBJECT' ? -1 : 1))).toEqual([
      {
        ...intent,
        scope: 'SUBJECT',
        intendedAt: fixture.clock.now(),
        shreddedAt: fixture.clock.now(),
        sealedAt: fixture.clock.now(),
        unguessableAt: null,
      },
      expect.objectContaining({ scope: 'TENANT', subjectId: null, shreddedAt: null, sealedAt: null }),
    ]);
    expect(await vault.tenants()).toContain(tenantId);
  });
});
