import { newId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases, testRedisUrl } from '@personr/testkit';
import { enqueueWork } from '@personr/work';
import Bull, { type Queue } from 'bull';
import { QUEUE, type WorkJob } from './job.js';
import { OutboxRelay } from './outbox.relay.js';

describe('the relay', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let queue: Queue<WorkJob>;
  let relay: OutboxRelay;
  let tenantId: TenantId;
  const clock = new SettableClock();

  const enqueue = (count: number) =>
    tenancy.forTenant(tenantId, async (tx) => {
      for (let at = 0; at < count; at += 1) {
        await enqueueWork(tx, {
          kind: 'EXECUTE_INSTRUCTION',
          referenceId: newId(clock.now()),
          dueAt: clock.now(),
        });
      }
    });
  const workIds = async () => {
    const rows = await tenancy.forTenant(tenantId, (tx) => tx.work.findMany({ select: { id: true } }));
    return rows.map(({ id }) => id).sort();
  };

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    queue = new Bull<WorkJob>(QUEUE, await testRedisUrl());
    relay = new OutboxRelay(tenancy, queue, clock);
  });

  beforeEach(async () => {
    clock.advance(60_000);
    await queue.empty();
    await tenancy.forRelay((tx) => tx.$executeRaw`update work set rung_at = ${new Date('2999-01-01')}`);
    tenantId = await aTenant(tenancy);
  });

  afterAll(async () => {
    await queue.close();
    await tenancy.close();
    await databases.drop();
  });

  it('rings Bull for each row that is due, with ids and nothing else', async () => {
    await enqueue(3);
    expect(await relay.run()).toBe(3);
    const jobs = await queue.getWaiting();
    expect(jobs.map(({ data }) => data.workId).sort()).toEqual(await workIds());
    for (const { data } of jobs) expect(Object.keys(data).sort()).toEqual(['tenantId', 'workId']);
    expect(new Set(jobs.map(({ data }) => data.tenantId))).toEqual(new Set([tenantId]));
    expect(await relay.run()).toBe(0);
  });

  it('rings again, after five seconds, for what nobody took: losing all of Redis loses nothing', async () => {
    await enqueue(2);
    await relay.run();
    await queue.empty();
    clock.advance(4999);
    expect(await relay.run()).toBe(0);
    clock.advance(1);
    expect(await relay.run()).toBe(2);
    expect(await queue.getWaitingCount()).toBe(2);
  });

  it('rings for 200 at a time, until all have rung', async () => {
    await enqueue(201);
    expect([await relay.run(), await relay.run(), await relay.run()]).toEqual([200, 1, 0]);
    expect(await queue.getWaitingCount()).toBe(201);
  });
});
