import { type Id, newId, type TenantId, type WorkId } from '@personr/kernel';
import { openTenancy, type Tenancy, type TenantTx } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { enqueueWork, enqueueWorks } from './enqueue-work.js';
import { completeWork, holdLease, leaseWork, postponeWork } from './lease-work.js';
import { listDueWork } from './list-due-work.js';
import { type Lease, type WorkLane } from './work.js';
import { leaseAlong } from './work-batch.js';

const START = new Date('2026-11-23T18:00:00.000Z');
const LEASE_SECONDS = 30;
const at = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);

describe('work', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let tenantId: TenantId;
  let workId: WorkId;

  const within = <T>(work: (tx: TenantTx) => Promise<T>, tenant = tenantId) =>
    tenancy.forTenant(tenant, work);
  const enqueue = async (
    dueAt = START,
    referenceId: Id<string> = newId(START),
    { lane, tenant }: { lane?: WorkLane; tenant?: TenantId } = {},
  ): Promise<WorkId> =>
    within(async (tx) => {
      const laned = lane === undefined ? {} : { lane };
      await enqueueWork(tx, { kind: 'EXECUTE_INSTRUCTION', referenceId, dueAt, ...laned });
      const { id } = await tx.work.findFirstOrThrow({ where: { referenceId } });
      return id as WorkId;
    }, tenant);
  const take = (seconds: number) =>
    within((tx) => leaseWork(tx, { workId, now: at(seconds), leaseSeconds: LEASE_SECONDS }));
  const taken = async (seconds: number): Promise<Lease> => (await take(seconds))!;
  const row = () =>
    within((tx) => tx.work.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: workId } } }));
  const everyLane = (room: number) => ({ URGENT: room, INTERACTIVE: room, BULK: room });
  const list = (seconds: number, room = everyLane(2000)) =>
    tenancy.forRelay((tx) => listDueWork(tx, { now: at(seconds), room, ringAgainSeconds: 5 }));
  const ring = async (seconds: number): Promise<WorkId[]> => {
    const due = await list(seconds);
    return due.filter((work) => work.tenantId === tenantId).map((work) => work.workId);
  };

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
  });

  beforeEach(async () => {
    tenantId = await aTenant(tenancy);
    workId = await enqueue();
  });

  afterAll(async () => {
    await tenancy.close();
    await databases.drop();
  });

  describe('enqueued', () => {
    it('twice for one reference is one row, as it was first', async () => {
      const referenceId = newId(START);
      const id = await enqueue(at(5), referenceId);
      expect(await enqueue(at(9), referenceId)).toBe(id);
      const rows = await within((tx) => tx.work.findMany({ where: { referenceId } }));
      expect(rows.map(({ dueAt }) => dueAt)).toEqual([at(5)]);
    });

    it('by several at once is one row', async () => {
      const referenceId = newId(START);
      await Promise.all(Array.from({ length: 8 }, () => enqueue(START, referenceId)));
      expect(await within((tx) => tx.work.count({ where: { referenceId } }))).toBe(1);
    });

    it('by an act that fails is no row', async () => {
      const referenceId = newId(START);
      const failing = within(async (tx) => {
        await enqueueWork(tx, { kind: 'EXECUTE_INSTRUCTION', referenceId, dueAt: START });
        throw new Error('the act failed');
      });
      await expect(failing).rejects.toThrow('the act failed');
      expect(await within((tx) => tx.work.count({ where: { referenceId } }))).toBe(0);
    });
  });

  describe('a lease', () => {
    it('goes to one of twenty who reach for it at once', async () => {
      const leases = await Promise.all(Array.from({ length: 20 }, () => take(0)));
      expect(leases.filter((lease) => lease !== null)).toEqual([
        expect.objectContaining({ tenantId, workId, fence: 1, attempts: 1 }),
      ]);
    });

    it('is not to be had before the work is due, nor while another holds it, nor for work of another tenant', async () => {
      expect(await take(-1)).toBeNull();
      await taken(0);
      expect(await take(LEASE_SECONDS - 1)).toBeNull();
      const other = await aTenant(tenancy);
      const request = { workId, now: at(999), leaseSeconds: LEASE_SECONDS };
      expect(await within((tx) => leaseWork(tx, request), other)).toBeNull();
    });

    it('that ran out is taken over, and its old holder is told by its fence', async () => {
      const old = await taken(0);
      const next = await taken(LEASE_SECONDS);
      expect([old.fence, next.fence]).toEqual([1, 2]);
      const now = at(LEASE_SECONDS + 1);
      const lost = { code: 'LEASE_LOST' };
      await expect(within((tx) => holdLease(tx, old, now))).rejects.toMatchObject(lost);
      await expect(within((tx) => completeWork(tx, old, now))).rejects.toMatchObject(lost);
      await expect(
        within((tx) => postponeWork(tx, old, { now, dueAt: at(99), code: 'INTERNAL' })),
      ).rejects.toMatchObject(lost);
      expect(await row()).toMatchObject({ fence: 2, doneAt: null, leasedUntil: at(2 * LEASE_SECONDS) });
      await within((tx) => holdLease(tx, next, now));
    });

    it('that ran out goes to one of twenty', async () => {
      await taken(0);
      const leases = await Promise.all(Array.from({ length: 20 }, () => take(LEASE_SECONDS)));
      expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
    });

    it('is renewed by whoever holds it, even late, as long as nobody took over', async () => {
      const lease = await taken(0);
      await within((tx) => holdLease(tx, lease, at(20)));
      expect(await take(LEASE_SECONDS)).toBeNull();
      await within((tx) => holdLease(tx, lease, at(200)));
      expect((await row()).leasedUntil).toEqual(at(200 + LEASE_SECONDS));
    });

    it('cannot be taken over while its holder is in a transaction: the taker waits, then sees it renewed', async () => {
      const lease = await taken(0);
      let attempt: Promise<Lease | null> | undefined;
      await within(async (tx) => {
        await holdLease(tx, lease, at(LEASE_SECONDS));
        attempt = take(LEASE_SECONDS);
        await tx.$executeRaw`select pg_sleep(0.05)`;
      });
      expect(await attempt).toBeNull();
    });
  });

  describe('done', () => {
    it('is done for good: neither leased nor rung for again', async () => {
      const lease = await taken(0);
      await within((tx) => completeWork(tx, lease, at(1)));
      expect(await row()).toMatchObject({ doneAt: at(1), leasedUntil: null, lastCode: null });
      expect(await take(1000)).toBeNull();
      expect(await ring(1000)).toEqual([]);
      await expect(within((tx) => holdLease(tx, lease, at(2)))).rejects.toMatchObject({ code: 'LEASE_LOST' });
    });

    it('is not done when the transaction that ended it is rolled back', async () => {
      const lease = await taken(0);
      const failing = within(async (tx) => {
        await completeWork(tx, lease, at(1));
        throw new Error('the end failed');
      });
      await expect(failing).rejects.toThrow('the end failed');
      expect((await row()).doneAt).toBeNull();
    });
  });

  describe('given back', () => {
    it('says why, is due when it was said, and counts its attempts', async () => {
      const lease = await taken(0);
      await within((tx) =>
        postponeWork(tx, lease, { now: at(1), dueAt: at(10), code: 'ERASURE_INCOMPLETE' }),
      );
      expect(await row()).toMatchObject({ leasedUntil: null, rungAt: null, lastCode: 'ERASURE_INCOMPLETE' });
      expect(await take(9)).toBeNull();
      expect(await ring(9)).toEqual([]);
      expect(await ring(10)).toEqual([workId]);
      expect(await taken(10)).toMatchObject({ fence: 2, attempts: 2 });
    });

    it('counts what was given back, and no holder that died', async () => {
      for (let death = 0; death < 10; death += 1) await taken(death * LEASE_SECONDS);
      expect(await taken(10 * LEASE_SECONDS)).toMatchObject({ fence: 11, attempts: 1 });
    });
  });

  describe('in lanes', () => {
    /** Silences whatever other tests left due, then makes a tenant with so much in a lane. */
    const crowd = async (lane: WorkLane, count: number, dueAt = START): Promise<TenantId> => {
      const tenant = await aTenant(tenancy);
      await within(
        (tx) =>
          enqueueWorks(
            tx,
            Array.from({ length: count }, () => work(lane, dueAt)),
          ),
        tenant,
      );
      return tenant;
    };
    const work = (lane: WorkLane, dueAt = START) => ({
      kind: 'EXECUTE_INSTRUCTION' as const,
      referenceId: newId(START),
      dueAt,
      lane,
    });
    const silence = () =>
      tenancy.forRelay((tx) => tx.$executeRaw`update work set rung_at = ${new Date('2999-01-01')}`);
    beforeEach(silence);

    it('rings in a lane for as many as there is room, whatever waits in the others', async () => {
      for (let number = 0; number < 5; number += 1) await crowd('BULK', 2);
      const urgent = await crowd('URGENT', 1, at(3));
      const interactive = await crowd('INTERACTIVE', 1, at(4));
      const rung = await list(5, { URGENT: 5, INTERACTIVE: 5, BULK: 0 });
      expect(rung.map(({ lane, tenantId: tenant }) => [lane, tenant]).sort()).toEqual([
        ['INTERACTIVE', interactive],
        ['URGENT', urgent],
      ]);
      expect((await list(5, everyLane(3))).map(({ lane }) => lane)).toEqual(['BULK', 'BULK', 'BULK']);
    });

    it('lets tenants take turns: who comes last with little does not wait for all of who came first with much', async () => {
      const [large, small] = [await crowd('BULK', 500), await crowd('BULK', 2, at(4))];
      for (const turns of [await list(5, everyLane(4)), await list(5, everyLane(4))])
        expect(turns.map(({ tenantId: tenant }) => tenant)).toEqual([large, small]);
    });

    it('rings for everything in the end', async () => {
      await crowd('BULK', 20);
      const rung = new Set<WorkId>();
      for (let round = 0; round < 20; round += 1)
        for (const { workId: id } of await list(0, everyLane(64))) rung.add(id);
      expect(rung.size).toBe(20);
      expect(await list(0)).toEqual([]);
    });

    it('rings for nobody who is hushed, in that lane, and afterwards for them too', async () => {
      const [one, other] = [await crowd('BULK', 3), await crowd('BULK', 3)];
      await within((tx) => enqueueWork(tx, work('URGENT')), one);
      const hushed = [{ lane: 'BULK' as const, tenantId: one }];
      const rung = await tenancy.forRelay((tx) =>
        listDueWork(tx, { now: START, room: everyLane(64), ringAgainSeconds: 5, hushed }),
      );
      expect(rung.map(({ lane, tenantId: tenant }) => [lane, tenant])).toEqual([
        ['BULK', other],
        ['URGENT', one],
      ]);
      expect((await list(0)).map(({ tenantId: tenant }) => tenant).sort()).toEqual([one, other].sort());
    });

    it('rings again for what a dead holder left, before everything that came after it', async () => {
      const id = await enqueue(at(-1), newId(START), { lane: 'BULK' });
      await within((tx) => leaseWork(tx, { workId: id, now: START, leaseSeconds: LEASE_SECONDS }));
      for (let number = 0; number < 30; number += 1) await enqueue(START, newId(START), { lane: 'BULK' });
      expect((await list(LEASE_SECONDS - 1, everyLane(1))).map(({ workId }) => workId)).not.toContain(id);
      expect((await list(LEASE_SECONDS, everyLane(1))).map(({ workId }) => workId)).toEqual([id]);
    });

    it('is taken along with its own lane alone', async () => {
      const bulk = await Promise.all([1, 2, 3].map(() => enqueue(START, newId(START), { lane: 'BULK' })));
      const urgent = await enqueue(START, newId(START), { lane: 'URGENT' });
      const along = await within(async (tx) => {
        const lease = await leaseWork(tx, { workId: urgent, now: START, leaseSeconds: LEASE_SECONDS });
        return leaseAlong(tx, lease!, { now: START, limit: 99 });
      });
      expect(along).toEqual([]);
      const others = await within(async (tx) => {
        const lease = await leaseWork(tx, { workId: bulk[0]!, now: START, leaseSeconds: LEASE_SECONDS });
        return leaseAlong(tx, lease!, { now: START, limit: 99 });
      });
      expect(others.map(({ workId }) => workId).sort()).toEqual(bulk.slice(1).sort());
      expect(others).toEqual(
        others.map(() => expect.objectContaining({ lane: 'BULK', attempts: 1 }) as unknown),
      );
    });
  });

  describe('a bell', () => {
    it('rings once for work that is due, and again when nobody came', async () => {
      expect(await ring(-1)).toEqual([]);
      expect(await ring(0)).toEqual([workId]);
      expect(await ring(4)).toEqual([]);
      expect(await ring(5)).toEqual([workId]);
      expect(await ring(6)).toEqual([]);
    });

    it('does not ring while somebody is on it, and rings again once its lease ran out', async () => {
      await taken(0);
      expect(await ring(LEASE_SECONDS - 1)).toEqual([]);
      expect(await ring(LEASE_SECONDS)).toEqual([workId]);
    });

    it('that was lost with its transaction rings at once', async () => {
      const lost = tenancy.forRelay(async (tx) => {
        await listDueWork(tx, { now: START, room: everyLane(2000), ringAgainSeconds: 5 });
        throw new Error('the relay died');
      });
      await expect(lost).rejects.toThrow('the relay died');
      expect(await ring(0)).toEqual([workId]);
    });

    it('rings for the oldest first, one at a time, each by one of several relays', async () => {
      await ring(0);
      const ids = [await enqueue(at(3)), await enqueue(at(1)), await enqueue(at(2))];
      const rung = (await Promise.all([ring(4), ring(4), ring(4)])).flat();
      for (let more = await ring(4); more.length > 0; more = await ring(4)) rung.push(...more);
      expect(rung.sort()).toEqual([...ids].sort());
      const again = [await ring(10), await ring(10), await ring(10), await ring(10), await ring(10)];
      expect(again).toEqual([[workId], [ids[1]], [ids[2]], [ids[0]], []]);
    });
  });
});
