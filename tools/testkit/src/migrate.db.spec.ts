import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { createLogin, dropLogin, migrate } from '../../../prisma/migrate.mjs';
import { tempDirectory } from './temp-directory.js';
import { testServers } from './test-servers.js';

const HISTORY = `select migration_name as name, checksum, applied_steps_count as steps,
  finished_at is not null as finished, rolled_back_at is not null as "rolledBack"
  from _prisma_migrations order by started_at`;

describe('migrate', () => {
  let url: string;
  let directory: string;
  const database = () => new URL(url).pathname.slice(1);

  const owner = (sql: string) => ask(testServers().dataOwnerUrl, sql);
  const here = (sql: string) => ask(url, sql);
  const run = () => migrate({ url, directory });
  const write = (name: string, sql: string) => {
    mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, name, 'migration.sql'), sql);
  };

  beforeEach(async () => {
    directory = tempDirectory('migrations');
    url = new URL(`/test_${randomUUID().replaceAll('-', '')}`, testServers().dataOwnerUrl).href;
    await owner(`create database ${database()}`);
  });

  afterEach(async () => {
    await owner(`drop database ${database()} with (force)`);
  });

  it('applies each migration once, in name order, and records it as Prisma does', async () => {
    write('2_rows', 'insert into t values (1); insert into t values (2)');
    write('1_table', 'create table t (n int)');

    expect(await run()).toEqual(['1_table', '2_rows']);
    expect(await run()).toEqual([]);

    expect(await here('select count(*)::int as n from t')).toEqual([{ n: 2 }]);
    const checksum = (sql: string) => createHash('sha256').update(sql).digest('hex');
    const done = { steps: 1, finished: true, rolledBack: false };
    expect(await here(HISTORY)).toEqual([
      { name: '1_table', checksum: checksum('create table t (n int)'), ...done },
      { name: '2_rows', checksum: checksum('insert into t values (1); insert into t values (2)'), ...done },
    ]);
  });

  it('does nothing for a directory that is empty or not there', async () => {
    expect(await run()).toEqual([]);
    expect(await migrate({ url, directory: join(directory, 'none') })).toEqual([]);
  });

  it('refuses a migration that was edited after it was applied, and applies nothing', async () => {
    write('1_table', 'create table t (n int)');
    await run();
    write('1_table', 'create table t (n bigint)');
    write('2_more', 'create table u (n int)');

    await expect(run()).rejects.toMatchObject({
      code: 'MIGRATION_EDITED',
      message: expect.stringContaining('1_table') as string,
    });
    expect(await here("select to_regclass('u') as u")).toEqual([{ u: null }]);
  });

  it('refuses a history with a migration that this release does not have', async () => {
    write('1_table', 'create table t (n int)');
    await run();
    rmSync(join(directory, '1_table'), { recursive: true });

    await expect(run()).rejects.toMatchObject({
      code: 'MIGRATION_EDITED',
      message: expect.stringContaining('1_table') as string,
    });
  });

  it('rolls a failing migration back whole, says where it failed, and takes it once corrected', async () => {
    write('1_table', 'create table t (n int);\ncreate table u (n int);\ninsert into nowhere values (1);');
    await expect(run()).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringMatching(/1_table.*line 3.*42P01.*nowhere/) as string,
    });
    expect(await here("select to_regclass('t') as t, to_regclass('u') as u")).toEqual([{ t: null, u: null }]);

    write('1_table', 'create table t (n int)');
    expect(await run()).toEqual(['1_table']);
    expect(await here(HISTORY)).toMatchObject([
      { finished: false, rolledBack: true, steps: 0 },
      { finished: true, rolledBack: false, steps: 1 },
    ]);
  });

  it('applies a migration together with its record, or not at all', async () => {
    write('1_table', 'create table t (n int); drop table public._prisma_migrations');
    await expect(run()).rejects.toMatchObject({ code: 'MIGRATION_FAILED' });
    expect(
      await here("select to_regclass('t') as t, count(*)::int as records from _prisma_migrations"),
    ).toEqual([{ t: null, records: 1 }]);
  });

  it('keeps the values of rows out of its error and its history', async () => {
    write(
      '1_cast',
      `create table t (v text); insert into t values ('marker-7'); alter table t alter v type int using v::int`,
    );
    const error: unknown = await run().catch((reason: unknown) => reason);
    expect(String(error)).toContain('22P02');
    expect(String(error)).not.toContain('marker-7');
    expect(JSON.stringify(await here('select * from _prisma_migrations'))).not.toContain('marker-7');
  });

  it('refuses a database where a migration was begun and never finished', async () => {
    write('1_table', 'create table t (n int)');
    await run();
    await here('update _prisma_migrations set finished_at = null');

    await expect(run()).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringContaining('1_table') as string,
    });
  });

  it('lets two runs at once apply each migration once', async () => {
    write('1_slow', 'create table t (n int); select pg_sleep(0.3)');
    write('2_row', 'insert into t values (1)');

    const applied = await Promise.all([run(), run(), run()]);

    expect(applied.flat().sort()).toEqual(['1_slow', '2_row']);
    expect(await here('select n from t')).toEqual([{ n: 1 }]);
  });

  it('does not carry a setting of one migration into the next', async () => {
    write('1_path', 'create schema s; set search_path = s; create table t (n int)');
    write('2_table', 'create table u (n int)');
    await run();
    expect(await here("select to_regclass('s.t')::text as t, to_regclass('public.u')::text as u")).toEqual([
      { t: 's.t', u: 'u' },
    ]);
  });
});

describe('createLogin', () => {
  const ownerUrl = () => testServers().dataOwnerUrl;
  const login = `login ${randomUUID().slice(0, 8)}`;

  afterAll(() => dropLogin({ ownerUrl: ownerUrl(), login }));

  it('makes a login inside its role, and gives it a new password when asked again', async () => {
    const make = (password: string) =>
      createLogin({ ownerUrl: ownerUrl(), role: 'personr_app', login, password });
    const first = await make('old/pass:word@');
    expect(await ask(first, 'select current_user as me')).toEqual([{ me: login }]);

    const second = await make('new');
    await expect(ask(first, 'select')).rejects.toMatchObject({ code: '28P01' });
    expect(await ask(second, "select pg_has_role(current_user, 'personr_app', 'usage') as yes")).toEqual([
      { yes: true },
    ]);
  });

  it('refuses a role that no migration has made', async () => {
    const making = createLogin({
      ownerUrl: ownerUrl(),
      role: 'no_such_role',
      login: 'nobody_here',
      password: 'x',
    });
    await expect(making).rejects.toMatchObject({ code: '42704' });
    expect(await ask(ownerUrl(), "select from pg_roles where rolname = 'nobody_here'")).toEqual([]);
  });
});

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
