import { randomBytes } from 'node:crypto';
import { newId, type SubjectId, type TenantId } from '@personr/kernel';
import { claimTags } from './index.repository.js';
import { type KeyStoreVault } from './key-store.vault.js';
import { keysIn } from './pack.js';
import { type Identity } from './vault.js';
import { anInstruction, VaultFixture } from './vault.spec-helper.js';

const external = (value: string): Identity => ({ type: 'EXTERNAL_ID', value });
const email = (value: string): Identity => ({ type: 'EMAIL', value });
const aCandidate = (): SubjectId => newId<'subject'>(new Date());

const ROUNDS = Array.from({ length: 5 }, (_, round) => `round-${String(round)}`);

describe('admission', () => {
  let fixture: VaultFixture;
  let vault: KeyStoreVault;
  let tenantId: TenantId;
  let processes: KeyStoreVault[];

  beforeAll(async () => {
    fixture = await VaultFixture.open();
    ({ vault, tenantId } = await fixture.tenant());
    processes = [vault, fixture.process(), fixture.process()];
    const connected = processes.flatMap((process) => [1, 2, 3, 4].map(() => process.durability()));
    await Promise.all(connected);
  });
  afterAll(() => fixture.close());

  const admit = (identities: Identity[], labels: string[] = [], by = vault) =>
    by.admitAll(tenantId, [{ candidate: aCandidate(), identities, labels }]).then(([one]) => one!);

  it.each(ROUNDS)(
    'gives one subject and one set of keys to twenty claims of one id at once: %s',
    async (id) => {
      const claims = Array.from({ length: 20 }, (_, at) =>
        admit([external(id), email(`${id}@mail.example`)], ['name'], processes[at % 3]),
      );
      const admitted = await Promise.all(claims);
      expect(new Set(admitted.map(({ subjectId }) => subjectId)).size).toBe(1);
      expect(new Set(admitted.map(({ keys }) => JSON.stringify([...keys].sort()))).size).toBe(1);
      const { subjectId, keys } = admitted[0]!;
      expect([...keys.keys()].sort()).toEqual(['EMAIL', 'EXTERNAL_ID', 'name']);
      expect(await vault.remaining(tenantId, subjectId)).toEqual({ keys: 3, indexEntries: 2 });
      expect(await vault.find(tenantId, external(id))).toEqual([subjectId]);
    },
  );

  it('of a batch gives one subject to one external id, however often and however spelt, and seals for each', async () => {
    const value = (text: string) => ({ label: 'name', binding: [text], plaintext: Buffer.from(text) });
    const asked: SubjectId[] = [];
    const line = (id: string, text: string) => ({
      candidate: aCandidate(),
      identities: [external(id), email(`${text}@mail.example`)],
      labels: ['name'],
      seal: (subjectId: SubjectId) => {
        asked.push(subjectId);
        return [value(text)];
      },
    });
    const lines = [line('twice', 'one'), line('once', 'two'), line(' twice', 'three')];
    const admitted = await vault.admitAll(tenantId, lines);
    expect(admitted[2]!.subjectId).toBe(admitted[0]!.subjectId);
    expect(admitted[1]!.subjectId).not.toBe(admitted[0]!.subjectId);
    expect([...asked].sort()).toEqual(admitted.map(({ subjectId }) => subjectId).sort());
    expect(await vault.remaining(tenantId, admitted[0]!.subjectId)).toEqual({ keys: 3, indexEntries: 3 });
    const sealed = admitted.map((answer, at) => ({
      ...answer.sealed[0]!,
      binding: [['one'], ['two'], ['three']][at]!,
    }));
    const opened = await fixture.process().open(tenantId, sealed);
    expect(opened.map((bytes) => Buffer.from(bytes).toString())).toEqual(['one', 'two', 'three']);
  });

  it('looks an external id up by itself, however many there are and whatever the statistics say', async () => {
    const crowd = Array.from({ length: 2_000 }, (_, at) => ({
      candidate: aCandidate(),
      identities: [external(`crowd-${String(at)}`)],
      labels: [],
    }));
    await vault.admitAll(tenantId, crowd);
    const { database } = fixture.keyStore();
    const read = await database.forTenant(tenantId, 'SHARED', async (tx) => {
      const macs = Array.from({ length: 100 }, () => randomBytes(16));
      await claimTags(
        tx,
        macs,
        macs.map((tag) => ({ generation: 1, tag })),
      );
      return tx.query(
        `select sum(pg_stat_get_xact_tuples_fetched(place))::int as count from (
           select 'index_entry'::regclass::oid as place
           union all select indexrelid from pg_index where indrelid = 'index_entry'::regclass) as places
         where $1::uuid is not null`,
      );
    });
    expect(read).toEqual([{ count: 0 }]);
  });

  it('keeps of a batch all or nothing', async () => {
    const line = (id: string, label: string) => ({
      candidate: aCandidate(),
      identities: [external(id)],
      labels: ['name'],
      seal: () => [{ label, binding: [], plaintext: Buffer.from('x') }],
    });
    await expect(vault.admitAll(tenantId, [line('all', 'name'), line('none', 'other')])).rejects.toThrow();
    await expect(
      vault.admitAll(tenantId, [line('all', 'name'), { ...line('none', 'name'), identities: [] }]),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(await vault.find(tenantId, external('all'))).toEqual([]);
    expect(await vault.admitAll(tenantId, [])).toEqual([]);
  });

  it.each(ROUNDS)(
    'of many batches at once, in any order, ends, with one subject for each id: %s',
    async (round) => {
      const ids = Array.from({ length: 12 }, (_, at) => `${round}-batch-${String(at)}`);
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, at) => {
          const order = at % 2 === 0 ? ids : [...ids].reverse();
          const lines = order.map((id) => ({
            candidate: aCandidate(),
            identities: [external(id), email(`${round}@shared.example`)],
            labels: at % 3 === 0 ? ['name'] : ['scan'],
          }));
          return processes[at % 3]!.admitAll(tenantId, lines);
        }),
      );
      const subjects = new Set(all.flat().map(({ subjectId }) => subjectId));
      expect(subjects.size).toBe(ids.length);
      for (const subjectId of subjects) {
        expect(await vault.remaining(tenantId, subjectId)).toEqual({ keys: 4, indexEntries: 2 });
      }
    },
  );

  it('says of keys which are gone, and nothing of keys of another tenant but that', async () => {
    const { keys, subjectId } = await admit([external('going')], ['name', 'scan']);
    const [name, scan] = [keys.get('name')!, keys.get('scan')!];
    const unknown = newId<'key'>(new Date());
    expect(await vault.gone(tenantId, [name, unknown, scan])).toEqual([unknown]);
    const { tenantId: stranger } = await fixture.tenant();
    expect(await vault.gone(stranger, [name, scan])).toEqual([name, scan]);
    await vault.shred(tenantId, [scan], anInstruction());
    expect(await vault.gone(tenantId, [name, scan])).toEqual([scan]);
    await vault.shred(tenantId, await vault.keysOf(tenantId, subjectId), anInstruction());
    expect(await vault.gone(tenantId, [name, scan])).toEqual([name, scan]);
    expect(await vault.gone(tenantId, [])).toEqual([]);
  });

  it('makes a new key for a label whose key was shredded, in a pack beside the one that is left', async () => {
    const before = await admit([external('renewed')], ['name', 'scan']);
    await vault.shred(tenantId, [before.keys.get('name')!], anInstruction());
    const after = await admit([external('renewed')], ['name', 'scan']);
    expect(after.subjectId).toBe(before.subjectId);
    expect(after.keys.get('name')).not.toBe(before.keys.get('name'));
    expect(after.keys.get('scan')).toBe(before.keys.get('scan'));
    expect(await vault.keysOf(tenantId, after.subjectId, ['name'])).toEqual([after.keys.get('name')]);
  });

  it('adopts what an earlier attempt left, and adds what is new', async () => {
    const first = await admit([external('again')], ['name']);
    const second = await admit([external(' again '), email('again@mail.example')], ['scan']);
    expect(second.subjectId).toBe(first.subjectId);
    expect(second.keys.get('EXTERNAL_ID')).toBe(first.keys.get('EXTERNAL_ID'));
    expect(await vault.keysOf(tenantId, first.subjectId)).toHaveLength(4);
    expect(await vault.find(tenantId, email('AGAIN@mail.example'))).toEqual([first.subjectId]);
  });

  it('lets two subjects share an e-mail address and finds both', async () => {
    const ana = await admit([external('shared-a'), email('shared@mail.example')]);
    const bo = await admit([external('shared-b'), email(' Shared@Mail.example')]);
    const found = await vault.find(tenantId, email('shared@mail.example'));
    expect(found.sort()).toEqual([ana.subjectId, bo.subjectId].sort());
  });

  it('finds nobody where there is nobody, and nobody of another tenant', async () => {
    const { tenantId: stranger } = await fixture.tenant();
    await admit([external('only-here')]);
    expect(await vault.find(stranger, external('only-here'))).toEqual([]);
    expect(await vault.find(tenantId, external('nobody'))).toEqual([]);
    expect(await vault.find(tenantId, { type: 'PHONE', value: '-' })).toEqual([]);
  });

  it('finds many at once as one by one, each under its own identity', async () => {
    const ana = await admit([external('many-a'), email('many@mail.example')]);
    const bo = await admit([external('many-b'), email('many@mail.example')]);
    const asked = [external('many-b'), external('nobody'), email('Many@mail.example'), external('many-a')];
    const found = await vault.findAll(tenantId, [...asked, { type: 'PHONE', value: '-' }, asked[0]!]);
    const both = [ana.subjectId, bo.subjectId].sort();
    expect(found).toEqual([[bo.subjectId], [], both, [ana.subjectId], [], [bo.subjectId]]);
    expect(await vault.findAll(tenantId, [])).toEqual([]);
  });

  it('forgets an identity with the key it hangs on, and gives the external id to a newcomer', async () => {
    const before = await admit([external('back'), email('back@mail.example')], ['name']);
    await vault.shred(tenantId, [before.keys.get('EMAIL')!], anInstruction());
    expect(await vault.find(tenantId, email('back@mail.example'))).toEqual([]);
    expect(await vault.find(tenantId, external('back'))).toEqual([before.subjectId]);
    await vault.shred(tenantId, [...before.keys.values()], anInstruction());
    expect(await vault.remaining(tenantId, before.subjectId)).toEqual({ keys: 0, indexEntries: 0 });
    const after = await admit([external('back')]);
    expect(after.subjectId).not.toBe(before.subjectId);
  });

  it.each([
    ['no external id', [email('x@mail.example')]],
    ['two external ids', [external('x'), external('y')]],
    ['an empty identity', [external('x'), { type: 'PHONE', value: 'none' } as const]],
  ])('is refused with %s', async (_, identities) => {
    await expect(admit(identities)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it.each(ROUNDS)('makes the same keys for one owner however many ask at once: %s', async () => {
    const owner = newId<'instruction'>(new Date());
    const asked = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        processes[at % 3]!.keysFor(tenantId, owner, at % 2 ? ['b', 'a'] : ['a', 'b', 'a']),
      ),
    );
    expect(new Set(asked.map((keys) => JSON.stringify([...keys].sort()))).size).toBe(1);
    expect(await vault.keysOf(tenantId, owner)).toEqual([...asked[0]!.values()].sort());
  });

  it('gives nobody a label of the house', async () => {
    const owner = newId<'subject'>(new Date());
    await expect(vault.keysFor(tenantId, owner, ['house:blind-index'])).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });
});

describe('the key of the day', () => {
  let fixture: VaultFixture;
  beforeAll(async () => {
    fixture = await VaultFixture.open();
  });
  afterAll(() => fixture.close());

  const data = Buffer.from('idempotency key');

  it('answers the same all day, as yesterday the day after, and not at all once swept', async () => {
    const { vault, tenantId } = await fixture.tenant();
    fixture.clock.set('2026-11-23T00:00:00Z');
    const macOf = async (use = 'idempotency') => (await vault.dailyMacs(tenantId, use, [data]))[0]!;
    const first = await macOf();
    expect(first.yesterday).toBeNull();
    expect(first.today).toHaveLength(32);
    fixture.clock.set('2026-11-23T23:59:59Z');
    expect(await macOf()).toEqual(first);
    expect((await macOf('suppression')).today).not.toEqual(first.today);
    fixture.clock.set('2026-11-24T12:00:00Z');
    const next = await macOf();
    expect(next.yesterday).toEqual(first.today);
    expect(next.today).not.toEqual(first.today);
    await vault.sweep(tenantId);
    expect(await macOf()).toEqual(next);

    const copy = await fixture.copy(tenantId);
    fixture.clock.set('2026-11-25T00:00:00Z');
    expect(await vault.sweep(tenantId)).toEqual({ rootsDestroyed: 1, rootsReturned: 0 });
    expect(await vault.sweep(tenantId)).toEqual({ rootsDestroyed: 0, rootsReturned: 0 });
    const won = await fixture.attack(tenantId, [copy, await fixture.copy(tenantId)]);
    expect(copy.packs.flatMap(keysIn).filter(([, keyId]) => !won.has(keyId))).toHaveLength(2);
    fixture.clock.set('2026-11-24T12:00:00Z');
    expect((await macOf()).yesterday).toBeNull();
  });

  it('may all go from a tenant that never gave an instruction: it is swept, starts again and goes on', async () => {
    const { vault, tenantId } = await fixture.tenant();
    await vault.dailyMacs(tenantId, 'idempotency', [Buffer.from('request')]);
    fixture.clock.advance(3 * 86_400_000);
    expect(await vault.sweep(tenantId)).toMatchObject({ rootsDestroyed: 1 });
    await vault.onModuleInit();
    await expect(vault.dailyMacs(tenantId, 'idempotency', [Buffer.from('request')])).resolves.toHaveLength(1);
  });
});
