import { setTimeout as sleep } from 'node:timers/promises';
import { expectLogIntact } from '@personr/audit/testing';
import { Tenancy } from '@personr/tenancy';
import { waitFor } from '@personr/testkit';
import supertest from 'supertest';
import { type ApiProcess, spawnApi } from './api-process.js';
import { aDelete, anAdmission, COLLECTED, idOf } from './bodies.js';
import { type House, startHouse, tenantOf, type TestTenant } from './house.js';
import { type Entry, entriesOf } from './log-entries.js';
import { tally } from './tally.js';
import { spawnWorker, type WorkerProcess } from './worker-process.js';
import { RunningClock } from './running-clock.js';

const ROUNDS = 4;
const MOST_ROUNDS = 12;
const SENDERS = 6;
const LEASE_SECONDS = 1;
const AT_LEAST = 12;
const PATIENCE_MS = 120_000;

/** What is in the data database for each act, and the entry that each must have: nothing of this is ever removed. */
const ACTS: readonly (readonly [event: string, count: string])[] = [
  ['instruction.accepted', 'select count(*) from instruction where tenant_id = $1'],
  [
    'erasure.started',
    "select count(*) from instruction_transition where tenant_id = $1 and event = 'erasure.started'",
  ],
  ['instruction.closed', 'select count(*) from receipt where tenant_id = $1 and edition = 1'],
  ['hold.placed', 'select count(*) from hold where tenant_id = $1'],
  ['hold.released', 'select count(*) from hold where tenant_id = $1 and ended_at is not null'],
  ['api-client.registered', 'select count(*) from api_client where tenant_id = $1'],
  ['api-client.revoked', 'select count(*) from api_client where tenant_id = $1 and revoked_at is not null'],
  ['instructor.added', 'select count(*) from instructor where tenant_id = $1'],
  ['instructor.revoked', 'select count(*) from instructor where tenant_id = $1 and revoked_at is not null'],
  ['policy.changed', 'select count(*) from policy_version where tenant_id = $1'],
];

describe('whatever is done while api and worker are killed', () => {
  let house: House;
  let bank: TestTenant;
  let api: ApiProcess | undefined;
  let worker: WorkerProcess | undefined;
  let made = 0;

  beforeAll(async () => {
    house = await startHouse({ worker: false, clock: new RunningClock() });
    bank = await house.onboard('Bank');
  });

  afterAll(async () => {
    await api?.end('SIGKILL');
    await worker?.kill();
    await house.stop();
  });

  /** Acts of every kind on somebody new, one after the other. */
  const actOnOne = async (there: TestTenant): Promise<void> => {
    made += 1;
    const number = made;
    const id = idOf(await there.post('/v1/subjects', anAdmission(`cust-${number}`)));
    const record = { element: 'FULL_NAME', value: 'Ada Married', ...COLLECTED };
    await there.post(`/v1/subjects/${id}/records`, { records: [record] });
    await there.post(`/v1/subjects/${id}/consents`, {
      policy: 'P',
      version: '1',
      givenAt: COLLECTED.collectedAt,
    });
    const hold = { ground: 'EX_LEGAL', citation: '31 CFR 1020.220(a)(3)', elements: ['FULL_NAME'] };
    const held = await there.post('/v1/holds', { subjectId: id, ...hold, endsAt: '2031-11-24T08:00:00Z' });
    await there.post(`/v1/holds/${idOf(held)}/release`, { reason: 'GROUND_ENDED' });
    if (number % 3 === 0) await there.post('/v1/instructions', aDelete({ id }));
    const client = await there.post('/v1/api-clients', { name: 'another', scopes: ['subjects:read'] });
    await there.post(`/v1/api-clients/${idOf(client)}/revoke`, {});
    const person = { kind: 'PERSON', name: 'Ida Invented', role: 'OFFICER', authority: ['DELETE'] };
    const instructor = await there.post('/v1/instructors', person);
    await there.post(`/v1/instructors/${idOf(instructor)}/revoke`, {});
  };

  /** Acts until the api is gone. */
  const sender = async (there: TestTenant, isOver: () => boolean): Promise<void> => {
    while (!isOver()) await actOnOne(there).catch(() => undefined);
  };

  const entriesNow = async (): Promise<number> =>
    (
      await house.owner.query<{ n: number }>(
        `select ((select count(*) from audit_outbox where tenant_id = $1)
               + (select count(*) from log_entry where tenant_id = $1))::int as n`,
        [bank.tenantId],
      )
    ).rows[0]?.n ?? 0;

  const round = async (): Promise<void> => {
    const going = (api = await spawnApi(house));
    const hands = (worker = spawnWorker(house, { leaseSeconds: LEASE_SECONDS }));
    const there = await tenantOf(supertest(going.url), bank);
    let isOver = false;
    const senders = Array.from({ length: SENDERS }, () => sender(there, () => isOver));
    const target = (await entriesNow()) + AT_LEAST + Math.floor(Math.random() * 5 * AT_LEAST);
    await waitFor(async () => (await entriesNow()) >= target, { what: 'acts', timeoutMs: PATIENCE_MS });
    await sleep(Math.random() * 20);
    isOver = true;
    await Promise.all([going.end('SIGKILL'), hands.kill()]);
    await Promise.all(senders);
  };

  const countOf = async (sql: string): Promise<number> =>
    Number((await house.owner.query<{ count: string }>(sql, [bank.tenantId])).rows[0]?.count);

  /** Whether everything was done at least once; what a kill came before is done in a further round. */
  const allDone = async (): Promise<boolean> => {
    for (const [, sql] of ACTS) if ((await countOf(sql)) === 0) return false;
    return true;
  };

  it('R-99: has its entry, and no entry is of what was not done', async () => {
    for (let number = 0; number < ROUNDS || (number < MOST_ROUNDS && !(await allDone())); number += 1)
      await round();
    await house.startWorker();
    await waitFor(
      async () =>
        (await countOf('select count(*) from instruction where tenant_id = $1 and finished_at is null')) ===
        0,
      { what: 'every instruction to end', timeoutMs: PATIENCE_MS },
    );
    const { events } = await tally(house, bank);
    const done = await Promise.all(ACTS.map(async ([event, sql]) => [event, await countOf(sql)] as const));
    expect(Object.fromEntries(done.map(([event]) => [event, events[event] ?? 0]))).toEqual(
      Object.fromEntries(done),
    );
    for (const [event, count] of done) expect([event, count > 0]).toEqual([event, true]);
    await expectLogIntact(house.api.get(Tenancy), bank.tenantId, bank.vkey);
  }, 600_000);

  it('R-99: has as many values of each person who is held as its entries say', async () => {
    const { rows } = await house.owner.query<{ ref: string; records: number }>(
      `select s.subject_ref as ref, (select count(*)::int from record r
         where r.tenant_id = s.tenant_id and r.subject_id = s.id) as records from subject s where s.tenant_id = $1`,
      [bank.tenantId],
    );
    expect(rows.length).toBeGreaterThan(ROUNDS);
    const told = new Map<string, number>();
    const ofValues = ({ event }: Entry) => event === 'subject.admitted' || event === 'records.added';
    for (const { subjectRef = '', detail } of (await entriesOf(house, bank)).filter(ofValues)) {
      told.set(subjectRef, (told.get(subjectRef) ?? 0) + Number(detail?.records));
    }
    expect(rows.map(({ ref }) => [ref, told.get(ref)])).toEqual(
      rows.map(({ ref, records }) => [ref, records]),
    );
  });
});
