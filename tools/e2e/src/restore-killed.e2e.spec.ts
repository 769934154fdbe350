import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApi } from '@personr/api';
import { expectLogIntact } from '@personr/audit/testing';
import { type OwnerEnvironment, replay } from '@personr/ops';
import { openTenancy } from '@personr/tenancy';
import { waitFor } from '@personr/testkit';
import { setTimeout as pause } from 'node:timers/promises';
import supertest from 'supertest';
import { sendBatch } from './batch-exchange.js';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { DocumentWire } from './document-wire.js';
import { type House, startHouse, tenantOf, type TestTenant } from './house.js';
import { importAll } from './import-exchange.js';
import { OlderData, ownerEnvironmentOf } from './older-data.js';
import { spawnWorker } from './worker-process.js';
import { RunningClock } from './running-clock.js';

const ERASED = 400;
const KEPT = 20;
const LEASE_SECONDS = 2;
const LEAST_KILLS = 8;
const READ = { purpose: 'IDENTITY_VERIFICATION' };

describe('R-61, R-62, R-70: a replay whose worker is killed again and again', () => {
  let house: House;
  let older: OlderData;
  let environment: OwnerEnvironment;
  let bank: TestTenant;
  let api: Pick<NestFastifyApplication, 'close' | 'getHttpServer'>;
  let gone: string[];
  let kept: string[];
  let open: string;
  let sound: Record<string, unknown>;

  const ask = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row> => {
    const { rows } = await house.owner.query<Row>(sql, values);
    return rows[0]!;
  };

  /** All that a replay makes good, but of the instruction that was open: that one goes on when the service opens. */
  const state = () =>
    ask<Record<string, unknown>>(
      `select (select count(*)::int from subject where id = any($1)) as revived,
              (select count(*)::int from record where subject_id = any($1)) as records,
              (select count(*)::int from document where subject_id = any($1)) as documents,
              (select count(*)::int from subject) as subjects,
              (select md5(string_agg(concat_ws(' ', id, state, sealed_at, finished_at), ',' order by id)) from instruction where id <> $2)
                as instructions,
              (select count(*)::int from instruction) as orders,
              (select md5(string_agg(concat_ws(' ', instruction_id, edition, body), ',' order by instruction_id, edition)) from receipt
                where instruction_id <> $2) as receipts,
              (select md5(string_agg(concat_ws(' ', instruction_id, name, state, outcome), ',' order by instruction_id, name))
                 from execution_step where instruction_id <> $2) as steps,
              (select md5(string_agg(concat_ws(' ', instruction_id, position, to_state), ',' order by instruction_id, position))
                 from instruction_transition where instruction_id <> $2) as history,
              (select count(*)::int from suppressed_identity) as identities,
              (select count(*)::int from suppressed_reference) as "references",
              (select count(*)::int from hold where ended_at is null) as holds,
              (select count(*)::int from quarantined_row) as apart,
              (select count(*)::int from work where done_at is null and reference_id <> $2) as work`,
      [gone, open],
    );
  const runs = () =>
    ask<{ begun: number; ended: number }>(
      'select count(*)::int as begun, count(ended_at)::int as ended from restore_run',
    );
  const isOpen = async () => (await supertest(api.getHttpServer()).get('/health/ready')).status === 200;

  beforeAll(async () => {
    house = await startHouse({ clock: new RunningClock() });
    api = house.api;
    older = new OlderData(house);
    environment = ownerEnvironmentOf(house);
    bank = await house.onboard('Bank');
    const people = Array.from({ length: ERASED + KEPT + 2 }, (_, at) => anAdmission(`cust-${String(at)}`));
    const lines = people.map((person) => ({ key: person.externalId, ...person }));
    const ids = (await importAll(house, bank, lines)).flatMap(({ id }) => id ?? []);
    [gone, kept] = [ids.slice(0, ERASED), ids.slice(ERASED, ERASED + KEPT)];
    const [waits = '', held = ''] = ids.slice(-2);
    const wire = await DocumentWire.open(house, bank);
    for (const id of [gone[0]!, kept[0]!]) {
      const added = await wire.post(wire.path(id), Buffer.from('a picture'), { 'content-type': 'image/png' });
      expect(added.status).toBe(201);
    }
    await older.keep('before');
    bank = await tenantOf(house.http, bank);
    const orders = gone.map((id) => ({ key: id, ...aDelete({ id }) }));
    const answers = await sendBatch(house, bank, orders);
    expect(answers.at(-1)?.summary).toMatchObject({ complete: true, accepted: ERASED });
    await bank
      .post('/v1/holds', {
        subjectId: held,
        elements: ['FULL_NAME'],
        ground: 'EX_LEGAL',
        citation: '31 CFR 1020.220',
        endsAt: '2031-11-24T00:00:00Z',
      })
      .expect(201);
    await waitFor(
      async () => {
        const { left } = await ask<{ left: number }>(
          `select (select count(*) from instruction where finished_at is null)::int
                + (select count(*) from audit_outbox)::int as left`,
        );
        return left === 0 ? true : undefined;
      },
      { what: 'every erasure and its entries', timeoutMs: 240_000 },
    );
    await house.stopWorker();
    open = idOf(await bank.post('/v1/instructions', aDelete({ id: waits })).expect(202));
    await api.close();

    // What one replay that nobody disturbs comes to, on a copy of the same age.
    await older.goBack('before');
    const replayed = await replay(environment);
    expect([...replayed!.tenants.values()]).toMatchObject([
      { instructions: ERASED + 1, endings: ERASED, erasures: ERASED, holds: 1, quarantined: 0 },
    ]);
    sound = await state();
    expect(sound).toMatchObject({
      revived: 0,
      records: 0,
      documents: 0,
      subjects: KEPT + 2,
      work: 1,
      apart: 0,
    });
    await older.goBack('before');
    api = await createApi({ ...house.apiConfig, logLevel: 'silent' }, house.clock);
  }, 600_000);

  afterAll(async () => {
    await house.stopWorker();
    await api.close().catch(() => undefined);
    await older.drop();
    await house.owner.end();
    await house.databases.drop();
  });

  it('comes to the same end, and the service is closed until it has', async () => {
    let midway = 0;
    for (let kill = 0; midway < LEAST_KILLS && kill < 10 * LEAST_KILLS; kill += 1) {
      expect(await isOpen()).toBe(false);
      const worker = spawnWorker(house, { leaseSeconds: LEASE_SECONDS });
      // It takes a while to start; from then on every instant is as likely.
      const begun = await runs();
      await waitFor(async () => ((await closing()) ? true : undefined), {
        what: 'the replay to begin',
        timeoutMs: 60_000,
      });
      await pause(Math.random() * 250 * (1 + kill / 4));
      await worker.kill();
      const now = await runs();
      if (now.ended > begun.ended || (await isOpen())) break;
      midway += 1;
    }
    expect(midway).toBeGreaterThanOrEqual(LEAST_KILLS / 2);
  }, 600_000);

  /** Whether a replay closed this data, or has opened it already. */
  const closing = async () =>
    (await ask<{ closed: boolean }>('select restore_id is not null as closed from tide')).closed;

  it('brings nobody back, loses nobody, tells of it once, and goes on', async () => {
    const worker = spawnWorker(house, { leaseSeconds: LEASE_SECONDS });
    try {
      await waitFor(async () => ((await isOpen()) ? true : undefined), {
        what: 'the service to open',
        timeoutMs: 120_000,
      });
      bank = await tenantOf(supertest(api.getHttpServer()), bank);
      for (const id of gone.slice(0, 20)) await bank.get(`/v1/subjects/${id}`).expect(404);
      for (const id of kept) {
        const read = await bank.post(`/v1/subjects/${id}/records/read`, READ).expect(200);
        expect(JSON.stringify(read.body)).toContain('Ada Invented');
      }
      await waitFor(
        async () => {
          const view = await bank.get(`/v1/instructions/${open}`).expect(200);
          return (view.body as { state: string }).state === 'COMPLETED' ? true : undefined;
        },
        { what: 'the open instruction to end', timeoutMs: 60_000 },
      );
      // The same, but for the one who was still to be erased: known by three identities and two references of ours.
      expect(await state()).toEqual({
        ...sound,
        subjects: KEPT + 1,
        identities: Number(sound.identities) + 3,
        references: Number(sound.references) + 2,
      });
      const tenancy = openTenancy(house.databases);
      const { entries } = await waitFor(
        async () => {
          const log = await expectLogIntact(tenancy, bank.tenantId, bank.vkey);
          return log.entries.some(
            ({ instructionId, event }) => event === 'instruction.closed' && instructionId === open,
          )
            ? log
            : undefined;
        },
        { what: 'the last entry', timeoutMs: 30_000 },
      );
      await tenancy.close();
      expect(entries.filter(({ event }) => event === 'restore.performed')).toHaveLength(1);
      expect(entries.filter(({ event }) => event === 'instruction.closed')).toHaveLength(ERASED + 1);
    } finally {
      await worker.kill();
    }
  }, 300_000);
});
