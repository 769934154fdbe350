import { SettableClock } from '@personr/kernel/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { quietLogger } from './quiet-logger.js';
import { QuietStart, type SilenceSurroundings } from './silence.module.js';

describe('a start in production beside real servers', () => {
  let databases: TestDatabases;
  let vault: TestVault;
  let lines: string[];

  beforeAll(async () => {
    databases = await createTestDatabases();
    vault = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock: new SettableClock() });
  });

  beforeEach(() => {
    lines = [];
  });

  afterAll(async () => {
    await vault.close();
    await databases.drop();
  });

  const start = (told: Partial<SilenceSurroundings> = {}) =>
    new QuietStart(
      {
        isProduction: true,
        acceptsSingleKeyStore: true,
        nodeOptions: '',
        urls: {
          TENANT_DATABASE_URL: databases.tenantUrl,
          RELAY_DATABASE_URL: databases.relayUrl,
          DIRECTORY_DATABASE_URL: databases.directoryUrl,
          KEYSTORE_DATABASE_URL: databases.keystoreUrl,
        },
        logger: quietLogger({ app: 'spec', level: 'info' }, { write: (line) => lines.push(line) }),
        ...told,
      },
      vault.vault,
    ).onModuleInit();

  /** Has one login's sessions in this database write to the log, as a careless operator would. */
  const whileSet = async (url: string, settings: readonly string[], work: () => Promise<unknown>) => {
    const { username, pathname } = new URL(url);
    const ownerUrl = url === databases.keystoreUrl ? databases.keystoreOwnerUrl : databases.ownerUrl;
    const owner = new pg.Client({ connectionString: ownerUrl });
    await owner.connect();
    const login = `role "${username}" in database "${pathname.slice(1)}"`;
    try {
      for (const setting of settings) await owner.query(`alter ${login} set ${setting}`);
      await work();
    } finally {
      await owner.query(`alter ${login} reset all`);
      await owner.end();
    }
  };

  it('is let through by the servers of the stack, and says what is not checked', async () => {
    await start();
    const said = lines.join('');
    expect(said).toContain('notChecked');
    expect(said).toContain('KEY_STORE_SINGLE');
    expect(said).not.toContain('"level":50');
  });

  it('is refused a key store without a standby that nobody accepted', async () => {
    const failing = start({ acceptsSingleKeyStore: false });
    await expect(failing).rejects.toMatchObject({ code: 'START_UNSAFE' });
    await expect(failing).rejects.toThrow(/synchronous_standby_names.*ACCEPT_SINGLE_KEY_STORE/);
  });

  it.each(['tenantUrl', 'relayUrl', 'directoryUrl', 'keystoreUrl'] as const)(
    'is refused a server that logs what %s says',
    async (name) => {
      await whileSet(databases[name], ["log_statement = 'all'"], async () => {
        await expect(start()).rejects.toMatchObject({
          code: 'START_UNSAFE',
          message: expect.stringMatching(
            /SERVER_LOGS_VALUES: .*_DATABASE_URL .*log_statement = none/,
          ) as string,
        });
      });
    },
  );

  it('is refused a server that explains the statements of a login, not one that merely could', async () => {
    const loaded = "session_preload_libraries = 'auto_explain'";
    await whileSet(databases.tenantUrl, [loaded], () => start());
    const explaining = [loaded, 'auto_explain.log_min_duration = 0'];
    await whileSet(databases.tenantUrl, explaining, async () => {
      await expect(start()).rejects.toThrow(/auto_explain\.log_min_duration = -1/);
    });
  });

  it('is refused when a server does not answer, without its URL', async () => {
    const urls = { TENANT_DATABASE_URL: 'postgresql://Marker-user:Marker-pass@127.0.0.1:1/none' };
    const failing = start({ urls });
    await expect(failing).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await expect(failing).rejects.not.toThrow(/Marker/);
  });

  it('asks nothing elsewhere than in production', async () => {
    await start({ isProduction: false, acceptsSingleKeyStore: false, nodeOptions: '--heap-prof' });
    expect(lines).toEqual([]);
  });
});
