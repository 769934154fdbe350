import { type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { type IdempotentRequest } from './idempotent-request.js';
import { LongRequests } from './long-requests.js';

const RUNNING = { code: 'IDEMPOTENCY_IN_PROGRESS' };

describe('a request that goes on for long', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let tenantId: TenantId;
  const clock = new SettableClock('2026-11-24T12:00:00.000Z');
  /** Two processes. */
  let here: LongRequests;
  let there: LongRequests;
  let made = 0;

  const bytes = (fill: number) => Buffer.alloc(32, fill);
  const aRequest = (): IdempotentRequest => {
    made += 1;
    const mac = { today: bytes(made), yesterday: bytes(100 + made) };
    return { tag: mac, fingerprint: mac };
  };

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    tenantId = await aTenant(tenancy, clock.now());
    here = new LongRequests(tenancy, clock);
    there = new LongRequests(tenancy, clock);
  });
  afterAll(async () => {
    await tenancy.close();
    await databases.drop();
  });

  it('R-07: is refused while it is answered elsewhere, and not a moment longer', async () => {
    const request = aRequest();
    const running = await here.begin(tenantId, request);
    await expect(there.begin(tenantId, request)).rejects.toMatchObject(RUNNING);
    await expect(here.begin(tenantId, request)).rejects.toMatchObject(RUNNING);
    await running.end();
    await running.end();
    await (await there.begin(tenantId, request)).end();
  });

  it('R-07: of several that come at once one is answered', async () => {
    const request = aRequest();
    const begun = await Promise.allSettled(
      [here, there, here, there].map((each) => each.begin(tenantId, request)),
    );
    expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('R-07: has its place as long as it keeps it, and whoever died in it for fifteen seconds', async () => {
    const request = aRequest();
    const running = await here.begin(tenantId, request);
    for (let kept = 0; kept < 3; kept += 1) {
      clock.advance(10_000);
      await running.keep();
      await expect(there.begin(tenantId, request)).rejects.toMatchObject(RUNNING);
    }
    clock.advance(15_000);
    const next = await there.begin(tenantId, request);
    // Whoever comes late keeps nothing and ends nothing.
    await running.keep();
    await running.end();
    await expect(here.begin(tenantId, request)).rejects.toMatchObject(RUNNING);
    await next.end();
  });

  it('R-07: meets its like on the other side of midnight, and no other tenant’s', async () => {
    const { tag, fingerprint } = aRequest();
    await here.begin(tenantId, { tag, fingerprint });
    const after = { tag: { today: bytes(200), yesterday: tag.today }, fingerprint };
    await expect(there.begin(tenantId, after)).rejects.toMatchObject(RUNNING);
    await there.begin(await aTenant(tenancy, clock.now()), { tag, fingerprint });
  });
});
