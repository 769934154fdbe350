import { newId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { createTestDatabases, type TestDatabases, waitFor } from '@personr/testkit';
import { type TideGate } from '@personr/tide';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { pino } from 'pino';
import { KeyPulse } from './key.pulse.js';

describe('the keys of tenants that erase nobody', () => {
  const clock = new SettableClock('2026-11-24T18:00:00.000Z');
  let databases: TestDatabases;
  let opened: TestVault;
  let keys: pg.Client;

  beforeAll(async () => {
    databases = await createTestDatabases();
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    keys = new pg.Client({ connectionString: databases.keystoreOwnerUrl });
    await keys.connect();
  });

  afterAll(async () => {
    await keys.end();
    await opened.close();
    await databases.drop();
  });

  const aged = async (): Promise<number | undefined> => {
    const sql = 'select count(*)::int as n from pack where expires_at <= $1';
    return (await keys.query<{ n: number }>(sql, [clock.now()])).rows[0]?.n;
  };

  it('R-61: are destroyed when they have aged, and again after the next hour', async () => {
    const tenants = [newId<'tenant'>(clock.now()), newId<'tenant'>(clock.now())] as TenantId[];
    for (const tenant of tenants) await opened.vault.openTenant(tenant);
    const hash = () =>
      Promise.all(tenants.map((tenant) => opened.vault.dailyMacs(tenant, 'requests', [Buffer.from('a')])));
    await hash();
    clock.advance(3 * 24 * 3_600_000);
    expect(await aged()).toBeGreaterThanOrEqual(tenants.length);
    const pulse = new KeyPulse(opened.vault, clock, { isOpen: true } as TideGate, pino({ level: 'silent' }));
    pulse.onApplicationBootstrap();
    try {
      await waitFor(async () => (await aged()) === 0, { what: 'no key that has aged', timeoutMs: 60_000 });
      await hash();
      clock.advance(3 * 24 * 3_600_000);
      expect(await aged()).toBeGreaterThanOrEqual(tenants.length);
      await waitFor(async () => (await aged()) === 0, { what: 'no key that has aged', timeoutMs: 60_000 });
    } finally {
      await pulse.onApplicationShutdown();
    }
  });
});
