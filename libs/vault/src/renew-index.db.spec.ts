import { type TenantId } from '@personr/kernel';
import { Fault, FaultyKeyring } from './faults.spec-helper.js';
import { type KeyStoreVault } from './key-store.vault.js';
import { withIndex } from './house.js';
import { type Identity } from './vault.js';
import { anInstruction, aSubject, VaultFixture } from './vault.spec-helper.js';

const external = (value: string): Identity => ({ type: 'EXTERNAL_ID', value });

describe('the blind index renewed', () => {
  let fixture: VaultFixture;
  beforeAll(async () => {
    fixture = await VaultFixture.open();
  });
  afterAll(() => fixture.close());

  /** Every tag of the index, as a copy of the key store has it. */
  const tags = async (tenantId: TenantId): Promise<string[]> => {
    const rows = await fixture.rows(tenantId, 'select tag from index_entry where tenant_id = $1');
    return rows.map(({ tag }) => (tag as Buffer).toString('hex'));
  };

  /** What whoever holds every living key gets for a right guess: its tag in every generation that can be opened. */
  const guess = (tenantId: TenantId, value: string): Promise<string[]> =>
    withIndex(fixture.keyStore(), tenantId, (_, { index }) =>
      Promise.resolve(
        index.all.flatMap((each) =>
          index.tags(each, index.macs([external(value)])).map((tag) => tag.toString('hex')),
        ),
      ),
    );

  const crowd = (vault: KeyStoreVault, tenantId: TenantId, size: number) =>
    Promise.all(Array.from({ length: size }, (_, at) => aSubject(vault, tenantId, `ext-${String(at)}`)));

  it('R-61: a right guess of an erased identity is confirmed by no old copy, and the living are found', async () => {
    const { vault, tenantId } = await fixture.tenant();
    const [gone, kept] = await crowd(vault, tenantId, 12);
    const before = await tags(tenantId);
    fixture.clock.advance(1000);
    const reason = anInstruction();
    const shredding = await vault.shred(tenantId, gone!.keyIds, reason);
    expect(shredding.unguessableAt).toBeNull();
    expect(before).toEqual(expect.arrayContaining(await guess(tenantId, 'ext-0')));
    fixture.clock.advance(1000);

    expect(await vault.renewIndex(tenantId)).toEqual({ entries: 11, renewedAt: fixture.clock.now() });

    const confirmed = (await guess(tenantId, 'ext-0')).filter((tag) => before.includes(tag));
    expect(confirmed).toEqual([]);
    expect(await tags(tenantId)).toEqual(expect.arrayContaining(await guess(tenantId, 'ext-1')));
    expect(await vault.find(tenantId, external('ext-1'))).toEqual([kept!.subjectId]);
    expect(await vault.find(tenantId, external('ext-0'))).toEqual([]);
    const again = await vault.shred(tenantId, gone!.keyIds, reason);
    expect(again).toEqual({ ...shredding, unguessableAt: fixture.clock.now() });
  });

  it('leaves no key of an old generation to any copy', async () => {
    const { vault, tenantId } = await fixture.tenant();
    await crowd(vault, tenantId, 2);
    const copy = await fixture.copy(tenantId);
    const house = await fixture.house(tenantId, 'SUBJECTS');
    const [, old] = await vault.keysOf(tenantId, house);
    await vault.renewIndex(tenantId);
    const won = await fixture.attack(tenantId, [copy, await fixture.copy(tenantId)]);
    expect(won.has(old!)).toBe(false);
    expect(await vault.keysOf(tenantId, house)).toHaveLength(2);
  });

  it.each(['before prepare', 'after prepare', 'before destroy', 'after destroy'] as const)(
    'is finished by another call after a crash %s',
    async (point) => {
      const { vault, tenantId } = await fixture.tenant();
      const kept = await crowd(vault, tenantId, 5);
      const dying = fixture.process({ keyring: new FaultyKeyring(fixture.keyring, point) });
      await expect(dying.renewIndex(tenantId)).rejects.toThrow(Fault);
      expect(await vault.find(tenantId, external('ext-3'))).toEqual([kept[3]!.subjectId]);
      await vault.renewIndex(tenantId);
      expect(await vault.find(tenantId, external('ext-3'))).toEqual([kept[3]!.subjectId]);
      expect(await fixture.keyring.list(tenantId)).toHaveLength(2);
    },
  );

  it('R-61: whoever was moved before a crash and erased after it is confirmed by no copy once it is said so', async () => {
    const { vault, tenantId } = await fixture.tenant();
    const [gone] = await crowd(vault, tenantId, 3);
    const dying = fixture.process({ keyring: new FaultyKeyring(fixture.keyring, 'before prepare') });
    await expect(dying.renewIndex(tenantId)).rejects.toThrow(Fault);
    const moved = await tags(tenantId);
    const confirmed = async () => (await guess(tenantId, 'ext-0')).filter((tag) => moved.includes(tag));
    expect(await confirmed()).toHaveLength(1);
    fixture.clock.advance(1000);
    const reason = anInstruction();
    await vault.shred(tenantId, gone!.keyIds, reason);
    fixture.clock.advance(1000);
    await vault.renewIndex(tenantId);
    expect((await vault.shred(tenantId, gone!.keyIds, reason)).unguessableAt).toEqual(fixture.clock.now());
    expect(await confirmed()).toEqual([]);
  });

  it('goes on beside admissions, lookups and shreddings, and loses and doubles nobody', async () => {
    const { vault, tenantId } = await fixture.tenant();
    const processes = [vault, fixture.process(), fixture.process()];
    const first = await crowd(vault, tenantId, 30);
    let renewing = true;
    const renew = async () => {
      for (let round = 0; round < 4; round += 1) await processes[2]!.renewIndex(tenantId);
      renewing = false;
    };
    const late: Awaited<ReturnType<typeof aSubject>>[] = [];
    const admit = async (process: KeyStoreVault, name: string) => {
      for (let at = 0; renewing; at += 1) {
        const same = await aSubject(process, tenantId, `ext-${String(at % 30)}`);
        expect(same.subjectId).toBe(first[at % 30]!.subjectId);
        late.push(await aSubject(process, tenantId, `${name}-${String(at)}`));
      }
    };
    await Promise.all([renew(), admit(processes[0]!, 'a'), admit(processes[1]!, 'b')]);
    for (const [at, { subjectId }] of first.entries()) {
      expect(await vault.find(tenantId, external(`ext-${String(at)}`))).toEqual([subjectId]);
    }
    expect(late.length).toBeGreaterThan(0);
    expect(await tags(tenantId)).toHaveLength(new Set(late.map(({ subjectId }) => subjectId)).size + 30);
  });
});
