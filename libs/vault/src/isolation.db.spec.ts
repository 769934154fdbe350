import pg from 'pg';
import { newId, type TenantId } from '@personr/kernel';
import { HoldMirror } from './hold-mirror.js';
import { IntentMirror } from './intent-mirror.js';
import { KeyStoreHeads } from './key-store.heads.js';
import { anInstruction, aSubject, VaultFixture } from './vault.spec-helper.js';

const TABLES = [
  'active_hold',
  'intent',
  'window_mark',
  'tenant_root',
  'retired_root',
  'branch',
  'node',
  'pack',
  'index_entry',
  'last_signed',
  'erasure_ledger',
];

describe('the key store, to the role of the application', () => {
  let fixture: VaultFixture;
  let client: pg.Client;
  let ours: TenantId;
  let theirs: TenantId;

  beforeAll(async () => {
    fixture = await VaultFixture.open();
    [ours, theirs] = [await aTenantWithHistory(), await aTenantWithHistory()];
    client = new pg.Client({ connectionString: fixture.urls.keystoreUrl });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await fixture.close();
  });

  async function aTenantWithHistory(): Promise<TenantId> {
    const { vault, tenantId } = await fixture.tenant();
    const gone = await aSubject(vault, tenantId, 'gone');
    await vault.shred(tenantId, gone.keyIds, anInstruction());
    await aSubject(vault, tenantId, 'ana');
    const next = { size: 1, root: Buffer.alloc(32) };
    await new KeyStoreHeads(fixture.keyStore()).swap(tenantId, 'a log', { before: null, next });
    await vault.beginWindow(tenantId, {
      use: 'suppression',
      window: { day: new Date().toISOString().slice(0, 10), days: 30 },
      marks: [
        {
          identity: { type: 'EMAIL', value: 'gone@people.example' },
          ...anInstruction(),
          acceptedAt: new Date(),
        },
      ],
    });
    await new IntentMirror(fixture.keyStore()).put(tenantId, [{ id: newId(new Date()), record: {} }]);
    await new HoldMirror(fixture.keyStore().database).put(tenantId, {
      id: newId(new Date()),
      subjectId: newId(new Date()),
      elements: ['ssn'],
      ground: 'LITIGATION',
      citation: 'A matter in court',
      placedBy: newId(new Date()),
      instructionId: null,
      startsAt: new Date(),
      endsAt: null,
      reviewAt: null,
    });
    return tenantId;
  }

  const as = async (tenantId: TenantId | null, sql: string): Promise<pg.QueryResult> => {
    await client.query('begin');
    try {
      if (tenantId) await client.query(`select set_config('app.tenant_id', $1, true)`, [tenantId]);
      return await client.query(sql);
    } finally {
      await client.query('rollback');
    }
  };

  it.each(TABLES)('shows of %s one tenant, and none when none is set', async (table) => {
    const { rows } = await as(ours, `select distinct tenant_id from ${table}`);
    expect(rows).toEqual([{ tenant_id: ours }]);
    await as(ours, 'select 1');
    expect((await as(null, `select from ${table}`)).rowCount).toBe(0);
  });

  it('lets no row of another tenant be changed or dropped', async () => {
    const where = `where tenant_id = '${theirs}'`;
    expect((await as(ours, `update tenant_root set version = 9 ${where}`)).rowCount).toBe(0);
    expect((await as(ours, `update branch set sealed = '' ${where}`)).rowCount).toBe(0);
    expect((await as(ours, `delete from index_entry ${where}`)).rowCount).toBe(0);
    expect((await as(theirs, `delete from index_entry ${where}`)).rowCount).toBe(1);
  });

  it('refuses a row for another tenant', async () => {
    const insert = `insert into retired_root values ('${theirs}', gen_random_uuid(), '2026-11-23')`;
    await expect(as(ours, insert)).rejects.toMatchObject({ code: '42501' });
    expect((await as(theirs, insert)).rowCount).toBe(1);
  });

  it('lets nobody rewrite what was retired or erased', async () => {
    for (const table of ['tenant_root', 'retired_root', 'erasure_ledger', 'last_signed']) {
      await expect(as(ours, `delete from ${table}`)).rejects.toMatchObject({ code: '42501' });
    }
    await expect(as(ours, 'update retired_root set root_id = gen_random_uuid()')).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('tells across tenants which roots are in force, and nothing else', async () => {
    const { rows, fields } = await as(null, 'select * from keystore_roots()');
    expect(fields.map(({ name }) => name)).toEqual(['tenant_id', 'root_id', 'unfinished', 'has_left']);
    expect(rows).toHaveLength(4);
  });

  it('forces row security on every table that has a tenant', async () => {
    const { rows } = await fixture.owner.query(
      `select relname, relrowsecurity and relforcerowsecurity as forced from pg_class
       where relkind = 'r' and relnamespace = 'public'::regnamespace and relname !~ '^_prisma' order by relname`,
    );
    // `tide` belongs to no tenant: it says which data database goes with this store.
    expect(rows).toEqual([...TABLES, 'tide'].sort().map((relname) => ({ relname, forced: true })));
  });

  it('says that a lone server is SINGLE', async () => {
    expect(await fixture.process().durability()).toBe('SINGLE');
  });
});
