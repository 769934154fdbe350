import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { tempDirectory, waitFor } from '@personr/testkit';
import pg from 'pg';
import { type Servers, startPostgres, startRedis, startServers } from './index.mjs';

const STACK = join(__dirname, 'index.mjs');

/** What a run of its own says once its servers are up. */
type Report = { stateDirectory: string; pids: number[]; ports: number[] };

const SCRIPT = `
  const { startServers } = await import(${JSON.stringify(STACK)});
  const { stateDirectory, servers } = await startServers();
  const all = Object.values(servers);
  console.log(JSON.stringify({ stateDirectory, pids: all.map(({ pid }) => pid), ports: all.map(({ port }) => port) }));
  setInterval(() => undefined, 1000);
`;

async function startRun(): Promise<{ child: ChildProcess; report: Report }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await waitFor(() => text.includes('\n'), { what: 'a run with its servers', timeoutMs: 60_000 });
  return { child, report: JSON.parse(text) as Report };
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

const isGone = ({ stateDirectory, pids }: Report) => !existsSync(stateDirectory) && !pids.some(isAlive);

describe('two runs', () => {
  it('share no port, process or directory, and leave nothing when one is killed outright', async () => {
    const [one, other] = await Promise.all([startRun(), startRun()]);
    const ports = [...one.report.ports, ...other.report.ports];
    expect(new Set(ports).size).toBe(6);
    expect(one.report.stateDirectory).not.toBe(other.report.stateDirectory);

    one.child.kill('SIGKILL');
    await waitFor(() => isGone(one.report), { what: 'the end of the killed run', timeoutMs: 30_000 });
    expect(other.report.pids.every(isAlive)).toBe(true);

    other.child.kill('SIGTERM');
    await waitFor(() => isGone(other.report), { what: 'the end of the other run', timeoutMs: 30_000 });
  });
});

describe('startServers', () => {
  const stateDirectory = tempDirectory('state');
  let servers: Servers;

  beforeAll(async () => {
    servers = await startServers({ stateDirectory });
  });

  afterAll(() => servers.stop());

  it('refuses a state directory that another run uses', async () => {
    await expect(startServers({ stateDirectory })).rejects.toMatchObject({ code: 'STATE_IN_USE' });
  });

  it('gives the apps no owner: no login of theirs is a superuser, owns a table, or bypasses row security', async () => {
    for (const url of [
      servers.env.TENANT_DATABASE_URL,
      servers.env.RELAY_DATABASE_URL,
      servers.env.DIRECTORY_DATABASE_URL,
      servers.env.KEYSTORE_DATABASE_URL,
    ]) {
      const [found] = await ask(
        url,
        `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
           (select count(*)::int from pg_class where pg_has_role(current_user, relowner, 'usage')) as owned
         from pg_roles where rolname = current_user`,
      );
      expect(found).toEqual({
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        owned: 0,
      });
    }
  });

  it('keeps the value of a row out of the server log', async () => {
    const { logFile } = servers.servers.data!;
    const before = readFileSync(logFile, 'utf8').length;
    const sql =
      "create temp table t (v text unique); insert into t values ('marker-31'); insert into t values ('marker-31')";
    await expect(ask(servers.dataOwnerUrl, sql)).rejects.toMatchObject({ code: '23505' });
    const logged = readFileSync(logFile, 'utf8').slice(before);
    // Not even the sentence: the one of a cast quotes the value.
    expect(logged).toBe('');
  });

  it('keeps what is secret to this user alone', () => {
    const { TOKEN_KEY_FILE, LOG_SIGNING_KEY_FILE, KEYRING_DIRECTORIES } = servers.env;
    const mode = (path: string) => statSync(path).mode & 0o777;
    expect([TOKEN_KEY_FILE, LOG_SIGNING_KEY_FILE].map(mode)).toEqual([0o600, 0o600]);
    expect(KEYRING_DIRECTORIES.split(':').map(mode)).toEqual([0o700, 0o700]);
  });

  it('brings a killed server back on its port with its data', async () => {
    const data = servers.servers.data!;
    await ask(servers.dataOwnerUrl, 'create table survivor (n int); insert into survivor values (7)');
    data.kill('SIGKILL');
    await waitFor(() => !isAlive(data.pid), { what: 'the death of the server' });
    await data.restart();
    expect(await ask(servers.dataOwnerUrl, 'select n from survivor')).toEqual([{ n: 7 }]);
  });

  it('starts again on the state it kept, with the same keys and logins', async () => {
    const before = servers.env;
    await servers.stop();
    servers = await startServers({ stateDirectory });
    expect(new URL(servers.env.TENANT_DATABASE_URL).password).toBe(
      new URL(before.TENANT_DATABASE_URL).password,
    );
    expect(servers.env.TOKEN_KEY_FILE).toBe(before.TOKEN_KEY_FILE);
    expect(await ask(servers.dataOwnerUrl, 'select n from survivor')).toEqual([{ n: 7 }]);
  });
});

describe('a server on a port that is taken', () => {
  it('says so', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as AddressInfo;
    const directory = tempDirectory('taken');
    await expect(startPostgres({ directory, name: 'data', port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
    });
    await expect(startRedis({ directory, port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    blocker.close();
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
