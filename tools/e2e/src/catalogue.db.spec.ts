import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import pg from 'pg';

type Key = { readonly table: string; readonly name: string; readonly first: string };
type Grant = { readonly table: string; readonly act: string; readonly columns: string[] };

/**
 * Every table of a tenant, and the column that names the tenant. `_prisma_migrations` and `tide`, which says which state
 * of the data this is, belong to nobody.
 */
const TABLES = {
  agreement: 'tenant_id',
  api_client: 'tenant_id',
  api_client_assertion: 'tenant_id',
  api_client_secret: 'tenant_id',
  audit_outbox: 'tenant_id',
  backup_set: 'tenant_id',
  consent: 'tenant_id',
  counted_event: 'tenant_id',
  document: 'tenant_id',
  document_upload: 'tenant_id',
  endpoint: 'tenant_id',
  execution_step: 'tenant_id',
  hold: 'tenant_id',
  idempotency: 'tenant_id',
  instruction: 'tenant_id',
  instruction_deadline: 'tenant_id',
  instruction_transition: 'tenant_id',
  instructor: 'tenant_id',
  log_anchor: 'tenant_id',
  log_cosigned: 'tenant_id',
  log_entry: 'tenant_id',
  log_head: 'tenant_id',
  log_tile: 'tenant_id',
  log_watch: 'tenant_id',
  notice_version: 'tenant_id',
  package: 'tenant_id',
  policy_version: 'tenant_id',
  quarantined_row: 'tenant_id',
  receipt: 'tenant_id',
  record: 'tenant_id',
  restore_run: 'tenant_id',
  subject: 'tenant_id',
  suppressed_identity: 'tenant_id',
  suppressed_reference: 'tenant_id',
  suppression_window: 'tenant_id',
  tenant: 'id',
  work: 'tenant_id',
};

/** Indexes that begin with something else: the relay looks for due work and dead uploads of every tenant. */
const NOT_BY_TENANT = [
  'counted_event_due',
  'document_upload_due',
  'instruction_index_due',
  'instruction_unguessable_due',
  'package_due',
  'work_due',
];

/** All that the two doors without a tenant may touch. */
const RELAY: readonly Grant[] = [
  { table: 'audit_outbox', act: 'SELECT', columns: ['created_at', 'id', 'tenant_id'] },
  { table: 'counted_event', act: 'SELECT', columns: ['tenant_id', 'until_at'] },
  { table: 'document_upload', act: 'SELECT', columns: ['alive_until', 'id', 'tenant_id'] },
  { table: 'execution_step', act: 'SELECT', columns: ['instruction_id', 'name', 'tenant_id'] },
  {
    table: 'instruction',
    act: 'SELECT',
    columns: [
      'accepted_at',
      'finished_at',
      'id',
      'index_renewed_at',
      'sealed_at',
      'suppressed_until',
      'tenant_id',
      'unguessable_at',
      'unguessable_due_at',
    ],
  },
  { table: 'log_head', act: 'SELECT', columns: ['anchored_size', 'size', 'tenant_id', 'updated_at'] },
  {
    table: 'log_watch',
    act: 'SELECT',
    columns: ['alarm', 'alarm_at', 'round_begun_at', 'round_ended_at', 'tail_checked_at', 'tenant_id'],
  },
  { table: 'package', act: 'SELECT', columns: ['ends_at', 'id', 'tenant_id'] },
  {
    table: 'work',
    act: 'SELECT',
    columns: [
      'done_at',
      'due_at',
      'id',
      'kind',
      'lane',
      'leased_until',
      'reference_id',
      'rung_at',
      'tenant_id',
    ],
  },
  { table: 'work', act: 'UPDATE', columns: ['rung_at'] },
];
const DIRECTORY: readonly Grant[] = [
  {
    table: 'api_client',
    act: 'SELECT',
    columns: ['auth_method', 'id', 'jwks', 'jwks_uri', 'revoked_at', 'scopes', 'tenant_id'],
  },
  {
    table: 'api_client_secret',
    act: 'SELECT',
    columns: ['client_id', 'expires_at', 'secret_hash', 'tenant_id'],
  },
  { table: 'tenant', act: 'SELECT', columns: ['id', 'state'] },
];

const TENANTS_TABLES = `
  select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relname not in ('_prisma_migrations', 'tide')`;

describe('the data database', () => {
  let databases: TestDatabases;
  let owner: pg.Client;

  beforeAll(async () => {
    databases = await createTestDatabases();
    owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
  });

  afterAll(async () => {
    await owner.end();
    await databases.drop();
  });

  const ask = async <Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await owner.query<Row>(sql, [...values])).rows;

  it('R-01: forces row-level security on every table', async () => {
    const tables = await ask<{ relname: string; relrowsecurity: boolean; relforcerowsecurity: boolean }>(
      `${TENANTS_TABLES} order by relname`,
    );
    expect(tables.map(({ relname }) => relname)).toEqual(Object.keys(TABLES));
    for (const table of tables) {
      expect(table).toMatchObject({ relrowsecurity: true, relforcerowsecurity: true });
    }
  });

  it('R-01: holds every table to the tenant of the transaction, for the door of tenants', async () => {
    const policies = await ask<{ tablename: string; qual: string; with_check: string | null; cmd: string }>(
      `select tablename, qual, with_check, cmd from pg_catalog.pg_policies
        where schemaname = 'public' and policyname = 'tenant_only' and roles = '{personr_app}'
        order by tablename`,
    );
    const expected = Object.entries(TABLES).map(([tablename, column]) => ({
      tablename,
      qual: `(${column} = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)`,
      with_check: null,
      cmd: 'ALL',
    }));
    expect(policies).toEqual(expected);
  });

  it('lets no other policy be: three doors, and what is listed here', async () => {
    const others = await ask<{ tablename: string; roles: string; cmd: string }>(
      `select tablename, roles::text, cmd from pg_catalog.pg_policies
        where schemaname = 'public' and policyname not in ('tenant_only', 'owner_prunes', 'owner_sequences') order by roles::text, tablename`,
    );
    expect(others).toEqual([
      { tablename: 'api_client', roles: '{personr_directory}', cmd: 'SELECT' },
      { tablename: 'api_client_secret', roles: '{personr_directory}', cmd: 'SELECT' },
      { tablename: 'tenant', roles: '{personr_directory}', cmd: 'SELECT' },
      { tablename: 'audit_outbox', roles: '{personr_relay}', cmd: 'SELECT' },
      { tablename: 'counted_event', roles: '{personr_relay}', cmd: 'SELECT' },
      { tablename: 'document_upload', roles: '{personr_relay}', cmd: 'SELECT' },
      { tablename: 'execution_step', roles: '{personr_relay}', cmd: 'SELECT' },
      { tablename: 'instruction', roles: '{personr_relay}', cmd: 'SELECT' },
      { tablename: 'log_head', roles: '{personr_relay}', cmd: 'SELECT' },
      { tablename: 'log_watch', roles: '{personr_relay}', cmd: 'SELECT' },
      { tablename: 'package', roles: '{personr_relay}', cmd: 'SELECT' },
      { tablename: 'tide', roles: '{personr_relay}', cmd: 'ALL' },
      { tablename: 'work', roles: '{personr_relay}', cmd: 'ALL' },
    ]);
  });

  it('R-01: begins every key and every index with the tenant', async () => {
    const keys = await ask<Key>(
      `select t.relname as table, i.relname as name, a.attname as first
         from (${TENANTS_TABLES}) t
         join pg_catalog.pg_index x on x.indrelid = t.oid
         join pg_catalog.pg_class i on i.oid = x.indexrelid
         left join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0]
        union all
       select t.relname, k.conname, a.attname
         from (${TENANTS_TABLES}) t
         join pg_catalog.pg_constraint k on k.conrelid = t.oid and k.contype in ('p', 'u', 'f')
         join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = k.conkey[1]`,
    );
    expect(new Set(keys.map(({ table }) => table))).toEqual(new Set(Object.keys(TABLES)));
    const strays = keys.filter(({ table, first }) => TABLES[table as keyof typeof TABLES] !== first);
    expect(strays.map(({ name }) => name).sort()).toEqual(NOT_BY_TENANT);
  });

  it.each([
    ['personr_relay', RELAY],
    ['personr_directory', DIRECTORY],
  ])('shows %s these columns and nothing else', async (role, expected) => {
    const columns = await ask<Grant>(
      `select t.relname as table, p.act, array_agg(a.attname::text order by a.attname) as columns
         from (${TENANTS_TABLES}) t
         join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        cross join (values ('SELECT'), ('INSERT'), ('UPDATE'), ('REFERENCES')) p (act)
        where pg_catalog.has_column_privilege($1, t.oid, a.attnum, p.act)
        group by t.relname, p.act order by t.relname, p.act`,
      [role],
    );
    expect(columns).toEqual(expected);
    const whole = await ask<{ relname: string }>(
      `select t.relname from (${TENANTS_TABLES}) t
        cross join (values ('DELETE'), ('TRUNCATE'), ('TRIGGER'), ('MAINTAIN')) p (act)
        where pg_catalog.has_table_privilege($1, t.oid, p.act)`,
      [role],
    );
    expect(whole).toEqual([]);
  });

  it('gives no door a way round: none owns, bypasses, creates or becomes anything', async () => {
    const roles = await ask(
      `select r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin,
              exists (select from pg_catalog.pg_auth_members m where m.member = r.oid) as becomes,
              exists (select from pg_catalog.pg_class c where c.relowner = r.oid) as owns,
              pg_catalog.has_schema_privilege(r.oid, 'public', 'CREATE') as creates
         from pg_catalog.pg_roles r
        where r.rolname in ('personr_app', 'personr_relay', 'personr_directory') order by 1`,
    );
    const nothing = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolcanlogin: false,
      becomes: false,
      owns: false,
      creates: false,
    };
    expect(roles).toEqual(
      ['personr_app', 'personr_directory', 'personr_relay'].map((rolname) => ({ rolname, ...nothing })),
    );
  });

  it('R-99: lets no door change or remove an entry of a log', async () => {
    const rights = await ask(
      `select r.rolname, p.act
         from (values ('personr_app'), ('personr_relay'), ('personr_directory')) r (rolname)
        cross join (values ('UPDATE'), ('DELETE'), ('TRUNCATE')) p (act)
        where pg_catalog.has_table_privilege(r.rolname, 'log_entry', p.act)
           or (p.act = 'UPDATE' and pg_catalog.has_any_column_privilege(r.rolname, 'log_entry', p.act))`,
    );
    expect(rights).toEqual([]);
  });
});
