import pg from 'pg';
import { createTestDatabases, type TestDatabases } from './test-databases.js';
import { testRedisUrl } from './test-redis.js';

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('createTestDatabases', () => {
  let one: TestDatabases;
  let other: TestDatabases;

  beforeAll(async () => {
    [one, other] = await Promise.all([createTestDatabases(), createTestDatabases()]);
  });

  afterAll(async () => {
    await Promise.all([one.drop(), other.drop()]);
  });

  it('gives two callers databases that do not meet', async () => {
    await ask(one.ownerUrl, 'create table mark (n int)');
    expect(await ask(other.ownerUrl, "select to_regclass('mark') as mark")).toEqual([{ mark: null }]);
  });

  it.each([
    ['tenantUrl', 'personr_app'],
    ['relayUrl', 'personr_relay'],
    ['directoryUrl', 'personr_directory'],
    ['keystoreUrl', 'personr_keystore'],
  ] as const)('lets %s in as a member of %s and nothing more', async (url, role) => {
    const sql = `select pg_has_role(current_user, '${role}', 'usage') as member, current_setting('is_superuser') as super`;
    expect(await ask(one[url], sql)).toEqual([{ member: true, super: 'off' }]);
  });

  it('keeps data and keys in two clusters', async () => {
    const sql = 'select system_identifier::text as id from pg_control_system()';
    expect(await ask(one.ownerUrl, sql)).not.toEqual(await ask(one.keystoreOwnerUrl, sql));
    expect(one.dataDirectories.data).not.toBe(one.dataDirectories.keystore);
  });

  it('leaves nothing of a dropped pair', async () => {
    const pair = await createTestDatabases();
    await pair.drop();
    await expect(ask(pair.ownerUrl, 'select')).rejects.toMatchObject({ code: '3D000' });
    await expect(ask(pair.keystoreOwnerUrl, 'select')).rejects.toMatchObject({ code: '3D000' });
  });
});

describe('testRedisUrl', () => {
  it('gives each caller a logical database of its own', async () => {
    const urls = await Promise.all([testRedisUrl(), testRedisUrl(), testRedisUrl()]);
    expect(new Set(urls).size).toBe(3);
  });
});
