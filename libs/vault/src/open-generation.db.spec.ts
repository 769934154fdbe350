import { newId, type SubjectId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from './testing.js';

describe('a new generation of keys', () => {
  const clock = new SettableClock('2026-11-24T18:00:00.000Z');
  let databases: TestDatabases;
  let opened: TestVault;
  let tenantId: TenantId;
  let people = 0;

  beforeAll(async () => {
    databases = await createTestDatabases();
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    tenantId = newId(clock.now());
    await opened.vault.openTenant(tenantId);
  });

  afterAll(async () => {
    await opened.close();
    await databases.drop();
  });

  const admitted = async (value = `cust-${(people += 1)}`) => {
    const email = { type: 'EMAIL', value: `${value}@people.example` } as const;
    const identities = [{ type: 'EXTERNAL_ID', value } as const, email];
    const admission = { candidate: newId<'subject'>(clock.now()), identities, labels: ['FULL_NAME'] };
    const [known] = await opened.vault.admitAll(tenantId, [admission]);
    return { subjectId: known!.subjectId, keys: known!.keys, value };
  };
  const find = (type: 'EXTERNAL_ID' | 'EMAIL', value: string): Promise<SubjectId[]> =>
    opened.vault.find(tenantId, { type, value });

  it('R-57: names the keys of before, which still open and under which nothing more is kept', async () => {
    const { vault } = opened;
    const { subjectId, keys } = await admitted();
    const before = [...keys.values()];
    const keyId = keys.get('FULL_NAME')!;
    const [sealed] = await vault.seal(tenantId, [{ keyId, binding: ['a'], plaintext: Buffer.from('Ada') }]);
    expect(await vault.closed(tenantId, before)).toEqual([]);

    const earlier = await vault.openGeneration(tenantId, subjectId);
    expect(new Map(earlier.map(({ label, keyId: id }) => [label, id]))).toEqual(keys);
    expect((await vault.closed(tenantId, before)).sort()).toEqual(before.sort());
    expect(await vault.gone(tenantId, before)).toEqual([]);
    const [opens] = await vault.open(tenantId, [{ keyId, binding: ['a'], sealed: sealed! }]);
    expect(Buffer.from(opens!).toString()).toBe('Ada');

    const fresh = (await vault.keysFor(tenantId, subjectId, ['FULL_NAME'])).get('FULL_NAME')!;
    expect(before).not.toContain(fresh);
    expect(await vault.closed(tenantId, [fresh])).toEqual([]);
    const gone = newId<'key'>(clock.now());
    expect(await vault.closed(tenantId, [gone, fresh])).toEqual([gone]);
  });

  it('leaves who is found by its reference findable when the keys of before go, and by nothing else', async () => {
    const { vault } = opened;
    const { subjectId, value } = await admitted();
    const other = await admitted();
    const earlier = await vault.openGeneration(tenantId, subjectId);
    const again = await vault.openGeneration(tenantId, subjectId);
    expect(again).toHaveLength(earlier.length + 1);
    const keyIds = earlier.map(({ keyId }) => keyId);
    await vault.shred(tenantId, keyIds, { instructionId: newId(clock.now()) });
    expect(await find('EXTERNAL_ID', value)).toEqual([subjectId]);
    expect(await find('EMAIL', `${value}@people.example`)).toEqual([]);
    expect((await admitted(value)).subjectId).toBe(subjectId);
    expect(await find('EMAIL', `${other.value}@people.example`)).toEqual([other.subjectId]);
    await vault.shred(tenantId, await vault.keysOf(tenantId, subjectId), {
      instructionId: newId(clock.now()),
    });
    expect(await find('EXTERNAL_ID', value)).toEqual([]);
    expect(await vault.remaining(tenantId, subjectId)).toEqual({ keys: 0, indexEntries: 0 });
  });

  it('never gives a key of before to who asks after it, however many ask at once', async () => {
    const { vault } = opened;
    const { subjectId } = await admitted();
    const asking = Array.from({ length: 12 }, async (_, at) => {
      if (at % 4 === 0) return vault.openGeneration(tenantId, subjectId);
      return vault.keysFor(tenantId, subjectId, [`LABEL_${at}`]);
    });
    await Promise.all(asking);
    const earlier = await vault.openGeneration(tenantId, subjectId);
    const all = await vault.keysOf(tenantId, subjectId);
    const closed = await vault.closed(tenantId, all);
    expect(closed.sort()).toEqual(earlier.map(({ keyId }) => keyId).sort());
  });
});
