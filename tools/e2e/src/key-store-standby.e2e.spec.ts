import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Clock, type InstructionId, newId, type SubjectId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import {
  createLogin,
  migrate,
  type PostgresServer,
  type StandbyServer,
  startPostgres,
  startStandby,
} from '@personr/stack';
import { tempDirectory, waitFor } from '@personr/testkit';
import { type SealedUnder, Vault, VaultModule } from '@personr/vault';
import pg from 'pg';

const SETTINGS = { fsync: 'off' };
const BINDING = ['standby', 'value'];

@Module({})
class ClockModule {
  static at(clock: Clock): DynamicModule {
    const providers = [{ provide: Clock, useValue: clock }];
    return { module: ClockModule, global: true, providers, exports: [Clock] };
  }
}

/** A subject with one sealed value. */
type Kept = SealedUnder & { readonly subjectId: SubjectId; readonly text: string };

describe('the key store with a synchronous standby', () => {
  const clock = new SettableClock();
  const home = tempDirectory('standby');
  const keyringDirectories = ['a', 'b'].map((replica) => join(home, `keyring-${replica}`));
  let tenantId: TenantId;
  let primary: PostgresServer;
  let standby: StandbyServer;
  let owner: pg.Pool;
  let follower: pg.Pool;
  let password: string;
  let app: INestApplicationContext;
  let vault: Vault;
  const survivors: Kept[] = [];
  const erased: Kept[] = [];

  const openVault = async (databaseUrl: string): Promise<void> => {
    const module = VaultModule.forRoot({ databaseUrl, keyringDirectories, poolSize: 4 });
    app = await NestFactory.createApplicationContext(
      { ...ClockModule.at(clock), imports: [module] },
      { logger: false, abortOnError: false },
    );
    vault = app.get(Vault);
  };

  const pool = (url: string) => {
    const made = new pg.Pool({ connectionString: url, max: 2 });
    made.on('error', () => undefined);
    return made;
  };

  beforeAll(async () => {
    for (const directory of keyringDirectories) mkdirSync(directory, { mode: 0o700 });
    primary = await startPostgres({ directory: join(home, 'primary'), name: 'primary', settings: SETTINGS });
    await migrate({ url: primary.url, directory: join(process.cwd(), 'prisma/keystore/migrations') });
    password = randomBytes(18).toString('base64url');
    const login = { ownerUrl: primary.url, role: 'personr_keystore', login: 'vault', password };
    owner = pool(primary.url);
    await openVault(await createLogin(login));
    tenantId = newId(clock.now());
    await vault.openTenant(tenantId);
  });

  afterAll(async () => {
    await app.close();
    await Promise.all([owner.end(), follower.end()]);
    await Promise.all([primary.stop(), standby.stop()]);
  });

  const admit = async (externalId: string): Promise<Kept> => {
    const text = `value of ${externalId}`;
    const seal = () => [{ label: 'FULL_NAME', binding: BINDING, plaintext: Buffer.from(text) }];
    const candidate: SubjectId = newId(clock.now());
    const identities = [{ type: 'EXTERNAL_ID', value: externalId }] as const;
    const [admitted] = await vault.admitAll(tenantId, [
      { candidate, identities, labels: ['FULL_NAME'], seal },
    ]);
    const [sealed] = admitted?.sealed ?? [];
    if (admitted === undefined || sealed === undefined) throw new Error('nobody was admitted');
    return { ...sealed, subjectId: admitted.subjectId, text };
  };

  const open = async ({ keyId, sealed }: Kept): Promise<string> => {
    const [bytes] = await vault.open(tenantId, [{ keyId, binding: BINDING, sealed }]);
    return Buffer.from(bytes ?? []).toString();
  };

  const erase = async ({ subjectId }: Kept, instructionId: InstructionId = newId(clock.now())) =>
    vault.shred(tenantId, await vault.keysOf(tenantId, subjectId), { instructionId });

  /** Keeps the standby from taking anything in while `work` runs. */
  const whileFrozen = async (work: () => Promise<void>): Promise<void> => {
    const { rows } = await follower.query<{ pid: number }>('select pid from pg_stat_wal_receiver');
    const pid = rows[0]?.pid ?? 0;
    expect(pid).toBeGreaterThan(0);
    process.kill(pid, 'SIGSTOP');
    try {
      await work();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  };

  /** The vault's sessions that have committed and wait for the standby. */
  const waiting = async (): Promise<number[]> => {
    const { rows } = await owner.query<{ pid: number }>(
      "select pid from pg_stat_activity where application_name = 'personr-vault' and wait_event = 'SyncRep'",
    );
    return rows.map(({ pid }) => pid);
  };
  const oneWaits = () =>
    waitFor(async () => ((await waiting()).length > 0 ? true : undefined), { what: 'a commit that waits' });

  /** Settles `work` by cancelling, as an impatient operator does, every wait of it. */
  const cancellingWaits = async <T>(work: Promise<T>): Promise<PromiseSettledResult<T>> => {
    let settled: PromiseSettledResult<T> | undefined;
    void Promise.allSettled([work]).then(([result]) => (settled = result));
    return waitFor(
      async () => {
        for (const pid of await waiting()) await owner.query('select pg_cancel_backend($1)', [pid]);
        return settled;
      },
      { what: 'an end of what waits' },
    );
  };

  const rootsOn = (directory: string): string[] =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  const roots = () => keyringDirectories.flatMap(rootsOn);

  it('says SINGLE without one, and SYNC_LOCAL as soon as commits wait for one on the same machine', async () => {
    survivors.push(await admit('before'));
    expect(await vault.durability()).toBe('SINGLE');
    const directory = join(home, 'follower');
    standby = await startStandby({ primary, directory, name: 'follower', settings: SETTINGS });
    follower = pool(standby.url);
    expect(await vault.durability()).toBe('SINGLE');
    await standby.makeSynchronous();
    expect(await vault.durability()).toBe('SYNC_LOCAL');
  });

  it('admits nobody before the standby has them', async () => {
    await whileFrozen(async () => {
      let isAdmitted = false;
      const admitting = admit('waited for').finally(() => (isAdmitted = true));
      await oneWaits();
      expect(isAdmitted).toBe(false);
      void admitting.then((kept) => survivors.push(kept));
    });
    await waitFor(() => survivors.length === 2, { what: 'the admission' });
  });

  it('counts a commit whose wait was cancelled as unknown: called again, it is the same subject', async () => {
    await whileFrozen(async () => {
      const cancelled = await cancellingWaits(admit('cancelled'));
      expect(cancelled).toMatchObject({ status: 'rejected', reason: { code: 'SERVICE_UNAVAILABLE' } });
    });
    const kept = await admit('cancelled');
    const found = await vault.find(tenantId, { type: 'EXTERNAL_ID', value: 'cancelled' });
    expect(found).toEqual([kept.subjectId]);
    survivors.push(kept);
  });

  it('destroys no root before the standby has the new one, even when the wait is cancelled', async () => {
    const victim = await admit('erased in the dark');
    const instructionId: InstructionId = newId(clock.now());
    const before = roots();
    await whileFrozen(async () => {
      const cancelled = await cancellingWaits(erase(victim, instructionId));
      expect(cancelled).toMatchObject({ status: 'rejected', reason: { code: 'SERVICE_UNAVAILABLE' } });
      expect(before.filter((file) => !existsSync(file))).toEqual([]);
    });
    const shredding = await erase(victim, instructionId);
    expect(shredding.rootsDestroyed).toBeGreaterThan(0);
    expect(before.filter((file) => !existsSync(file))).not.toEqual([]);
    erased.push(victim);
  });

  it('R-59: loses nobody and brings nobody back when the primary is killed and the standby takes over', async () => {
    for (let at = 0; at < 20; at += 1) {
      const kept = await admit(`person-${at}`);
      (at % 3 === 0 ? erased : survivors).push(kept);
      if (at % 3 === 0) await erase(kept);
    }
    primary.kill('SIGKILL');
    await app.close();
    await standby.promote();
    const url = new URL(standby.url);
    Object.assign(url, { username: 'vault', password });
    await openVault(url.href);
    expect(await Promise.all(survivors.map(open))).toEqual(survivors.map(({ text }) => text));
    for (const gone of erased) {
      await expect(open(gone)).rejects.toMatchObject({ code: 'KEY_SHREDDED' });
      expect(await vault.remaining(tenantId, gone.subjectId)).toEqual({ keys: 0, indexEntries: 0 });
    }
  });

  it('goes on after that, and says that it stands alone', async () => {
    expect(await vault.durability()).toBe('SINGLE');
    const kept = await admit('after');
    expect(await open(kept)).toBe(kept.text);
    await erase(kept);
    await expect(open(kept)).rejects.toMatchObject({ code: 'KEY_SHREDDED' });
    expect(await open(survivors[0] ?? kept)).toBe('value of before');
  });
});
