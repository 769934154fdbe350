import { newId, type TenantId, type WorkId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases, testRedisUrl } from '@personr/testkit';
import { enqueueWorks, leaseWork, type TenantLane, WORK_LANES, type WorkLane } from '@personr/work';
import Bull, { type Queue } from 'bull';
import { queueOf, type WorkJob } from './job.js';
import { Lanes } from './lanes.js';
import { OutboxRelay } from './outbox.relay.js';
import { type SharedRuns } from './shared-runs.js';

describe('the relay', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let lanes: Lanes;
  let queue: Queue<WorkJob>;
  let relay: OutboxRelay;
  let tenantId: TenantId;
  let hushed: TenantLane[];
  const clock = new SettableClock();
  /** Hushes whom the test hushes, and nobody else. */
  const rang = jest.fn<undefined, [TenantLane]>();
  const runs = { rang, hushed: () => hushed } as unknown as SharedRuns;

  const enqueue = (count: number, lane: WorkLane = 'INTERACTIVE') =>
    tenancy.forTenant(tenantId, (tx) =>
      enqueueWorks(
        tx,
        Array.from({ length: count }, () => ({
          kind: 'EXECUTE_INSTRUCTION' as const,
          referenceId: newId(clock.now()),
          dueAt: clock.now(),
          lane,
        })),
      ),
    );
  /** Rings until nothing rings any more. */
  const ringAll = async (): Promise<number> => {
    let rung = 0;
    for (let found = await relay.run(); found > 0; found = await relay.run()) rung += found;
    return rung;
  };
  const workIds = async () => {
    const rows = await tenancy.forTenant(tenantId, (tx) => tx.work.findMany({ select: { id: true } }));
    return rows.map(({ id }) => id).sort();
  };

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    const url = await testRedisUrl();
    const [urgent, interactive, bulk] = WORK_LANES.map((lane) => new Bull<WorkJob>(queueOf(lane), url));
    lanes = new Lanes(urgent!, interactive!, bulk!);
    queue = interactive!;
    relay = new OutboxRelay(tenancy, lanes, clock, runs);
  });

  beforeEach(async () => {
    hushed = [];
    clock.advance(60_000);
    for (const each of Object.values(lanes.queues)) await each.empty();
    await tenancy.forRelay((tx) => tx.$executeRaw`update work set rung_at = ${new Date('2999-01-01')}`);
    tenantId = await aTenant(tenancy);
  });

  afterAll(async () => {
    for (const each of Object.values(lanes.queues)) await each.close();
    await tenancy.close();
    await databases.drop();
  });

  it('rings Bull for each row that is due, with ids and nothing else', async () => {
    await enqueue(3);
    expect(await ringAll()).toBe(3);
    const jobs = await queue.getWaiting();
    expect(jobs.map(({ data }) => data.workId).sort()).toEqual(await workIds());
    for (const { data } of jobs) expect(Object.keys(data).sort()).toEqual(['tenantId', 'workId']);
    expect(new Set(jobs.map(({ data }) => data.tenantId))).toEqual(new Set([tenantId]));
    expect(await relay.run()).toBe(0);
  });

  it('rings again, after five seconds, for what nobody took: losing all of Redis loses nothing', async () => {
    await enqueue(2);
    await ringAll();
    await queue.empty();
    clock.advance(4999);
    expect(await relay.run()).toBe(0);
    clock.advance(1);
    expect(await ringAll()).toBe(2);
    expect(await queue.getWaitingCount()).toBe(2);
  });

  it('rings for nobody who is hushed, and tells of each bell, so that who is rung for is', async () => {
    await enqueue(3);
    await enqueue(1, 'URGENT');
    hushed = [{ lane: 'INTERACTIVE', tenantId }];
    rang.mockClear();
    expect(await ringAll()).toBe(1);
    expect(rang.mock.calls).toMatchObject([[{ lane: 'URGENT', tenantId }]]);
    hushed = [];
    expect(await ringAll()).toBe(3);
    expect(rang).toHaveBeenCalledTimes(4);
  });

  it('lets 64 bells of a lane wait, and rings for the rest as they are taken', async () => {
    await enqueue(70);
    expect(await ringAll()).toBe(64);
    expect(await queue.getWaitingCount()).toBe(64);
    await queue.empty();
    expect(await ringAll()).toBe(6);
  });

  it('rings for what somebody waits for, however many bells of bulk work wait', async () => {
    await enqueue(500, 'BULK');
    expect(await ringAll()).toBe(64);
    await enqueue(1, 'INTERACTIVE');
    await enqueue(1, 'URGENT');
    expect(await ringAll()).toBe(2);
    const waiting = WORK_LANES.map((lane) => lanes.queues[lane].getWaitingCount());
    expect(await Promise.all(waiting)).toEqual([1, 1, 64]);
  });

  it('rings again when the lease of a dead worker ends, though its one bell is lost', async () => {
    await enqueue(1);
    await relay.run();
    const [id] = await workIds();
    await tenancy.forTenant(tenantId, (tx) =>
      leaseWork(tx, { workId: id as WorkId, now: clock.now(), leaseSeconds: 30 }),
    );
    await queue.empty();
    clock.advance(29_999);
    expect(await relay.run()).toBe(0);
    clock.advance(1);
    expect(await relay.run()).toBe(1);
  });
});
