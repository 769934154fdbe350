import { ForgetRequests, IdempotentRequests } from '@personr/idempotency';
import { newId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases, waitFor } from '@personr/testkit';
import { type TideGate } from '@personr/tide';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { pino } from 'pino';
import { AgedPulse } from './aged.pulse.js';

describe('what has aged of tenants that erase nobody', () => {
  const clock = new SettableClock('2026-11-24T18:00:00.000Z');
  let databases: TestDatabases;
  let opened: TestVault;
  let keys: pg.Client;
  let tenancy: Tenancy;

  beforeAll(async () => {
    databases = await createTestDatabases();
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    tenancy = openTenancy(databases);
    keys = new pg.Client({ connectionString: databases.keystoreOwnerUrl });
    await keys.connect();
  });

  afterAll(async () => {
    await keys.end();
    await tenancy.close();
    await opened.close();
    await databases.drop();
  });

  const aged = async (): Promise<number | undefined> => {
    const sql = 'select count(*)::int as n from pack where expires_at <= $1';
    return (await keys.query<{ n: number }>(sql, [clock.now()])).rows[0]?.n;
  };

  /** A pulse that beats while `work` goes on. */
  const beating = async (work: () => Promise<void>): Promise<void> => {
    const gate = { isOpen: true } as TideGate;
    const forget = new ForgetRequests(tenancy, clock);
    const pulse = new AgedPulse(opened.vault, forget, clock, gate, pino({ level: 'silent' }));
    pulse.onApplicationBootstrap();
    await work().finally(() => pulse.onApplicationShutdown());
  };
  const twoTenants = async (): Promise<TenantId[]> => {
    const tenants = [await aTenant(tenancy, clock.now()), await aTenant(tenancy, clock.now())];
    for (const tenant of tenants) await opened.vault.openTenant(tenant);
    return tenants;
  };

  it('R-61: keys, are destroyed, and again after the next hour', async () => {
    const tenants = await twoTenants();
    const hash = () =>
      Promise.all(tenants.map((tenant) => opened.vault.dailyMacs(tenant, 'requests', [Buffer.from('a')])));
    await hash();
    clock.advance(3 * 24 * 3_600_000);
    expect(await aged()).toBeGreaterThanOrEqual(tenants.length);
    await beating(async () => {
      await waitFor(async () => (await aged()) === 0, { what: 'no key that has aged', timeoutMs: 60_000 });
      await hash();
      clock.advance(3 * 24 * 3_600_000);
      expect(await aged()).toBeGreaterThanOrEqual(tenants.length);
      await waitFor(async () => (await aged()) === 0, { what: 'no key that has aged', timeoutMs: 60_000 });
    });
  });

  it('R-07: requests, are forgotten after a day, and no other', async () => {
    const requests = new IdempotentRequests(opened.vault, clock);
    const tenants = await twoTenants();
    const send = async (key: string): Promise<void> => {
      for (const tenant of tenants) {
        const request = await requests.identify(tenant, { key, act: 'POST /v1/subjects', body: {} });
        await tenancy.forTenant(tenant, (tx) =>
          requests.finish(tx, request, { resourceIds: [newId(clock.now())], status: 201 }),
        );
      }
    };
    const kept = () =>
      Promise.all(tenants.map((tenant) => tenancy.forTenant(tenant, (tx) => tx.idempotency.count())));
    for (let number = 0; number < 3; number += 1) await send(`old-${number}`);
    clock.advance(23 * 3_600_000);
    await send('young');
    clock.advance(3_600_000);
    expect(await kept()).toEqual([4, 4]);
    await beating(() =>
      waitFor(async () => (await kept()).every((count) => count === 1), {
        what: 'the old ones to be gone',
        timeoutMs: 60_000,
      }).then(() => undefined),
    );
    expect(await kept()).toEqual([1, 1]);
  });
});
