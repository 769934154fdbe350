import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RegisterApiClient } from '@personr/access';
import { verifyReceipt } from '@personr/proof';
import { Tenancy } from '@personr/tenancy';
import { waitFor } from '@personr/testkit';
import { aDelete, anAdmission, COLLECTED, idOf } from './bodies.js';
import { DocumentWire } from './document-wire.js';
import { type House, type InstructionAnswer, startHouse, tenantOf, type TestTenant } from './house.js';
import { takeIn } from './take-in.js';
import { spawnWorker, type WorkerProcess } from './worker-process.js';
import { RunningClock } from './running-clock.js';

type View = InstructionAnswer & {
  readonly subject: unknown;
  readonly unreadableAt: string | null;
  readonly steps: readonly { readonly name: string; readonly done: number; readonly total: number }[];
};

const READ = { purpose: 'IDENTITY_VERIFICATION' };
const LEAVE = {
  type: 'DELETE',
  subject: { all: true },
  basis: 'AGREEMENT_END',
  writing: { text: 'Erase everything you hold for us.' },
};

const rowsOf = async ({ owner }: House, { tenantId }: TestTenant): Promise<Record<string, number>> => {
  const { rows } = await owner.query<Record<string, number>>(
    `select (select count(*)::int from record where tenant_id = $1) as records,
            (select count(*)::int from document where tenant_id = $1) as documents,
            (select count(*)::int from subject where tenant_id = $1) as subjects,
            (select count(*)::int from instruction where tenant_id = $1) as instructions,
            (select count(*)::int from receipt where tenant_id = $1) as receipts`,
    [tenantId],
  );
  return rows[0]!;
};

const viewOf = async (tenant: TestTenant, id: string): Promise<View> =>
  (await tenant.get(`/v1/instructions/${id}`).expect(200)).body as View;

describe('a tenant that leaves', () => {
  let house: House;
  let bank: TestTenant;
  let market: TestTenant;

  beforeAll(async () => {
    house = await startHouse();
  });

  beforeEach(async () => {
    house.clock.advance(1000);
    bank = await house.onboard('Bank');
    market = await house.onboard('Market');
  });

  afterAll(() => house.stop());

  it('R-60, R-102: is erased whole, with one receipt that verifies offline; the other tenant keeps what it has', async () => {
    const [theirs] = await takeIn(house, market, 3);
    const mine = await takeIn(house, bank, 30);
    const bytes = randomBytes(100_000);
    for (const [tenant, subjectId] of [
      [bank, mine[0]!],
      [market, theirs!],
    ] as const) {
      const wire = await DocumentWire.open(house, tenant);
      const added = await wire.post(wire.path(subjectId), bytes, { 'content-type': 'image/png' });
      expect(added.status).toBe(201);
    }
    const before = await market.post(`/v1/subjects/${theirs!}/records/read`, READ).expect(200);
    const open = idOf(await bank.post('/v1/instructions', aDelete({ id: mine[1] })).expect(202));

    const accepted = await bank.post('/v1/instructions', LEAVE).expect(202);
    expect(accepted.body).toMatchObject({ subject: { all: true }, allowedActs: [] });
    const ended = (await house.ended(bank, idOf(accepted))) as View;

    expect(ended.state).toBe('COMPLETED');
    const { done, total } = ended.steps.find(({ name }) => name === 'ERASE_STORES')!;
    expect(done).toBe(total);
    expect(await rowsOf(house, bank)).toEqual({
      records: 0,
      documents: 0,
      subjects: 0,
      instructions: 2,
      receipts: expect.any(Number) as number,
    });
    const objects = join(house.objectDirectory, bank.tenantId);
    expect(existsSync(objects) ? readdirSync(objects) : []).toEqual([]);
    const receipt = await bank.get(`/v1/instructions/${ended.id}/receipt`).expect(200);
    const { body } = verifyReceipt(receipt.text, [bank.vkey]);
    expect(body).toMatchObject({ outcome: 'COMPLETED', basis: 'AGREEMENT_END', subjectRef: null });
    expect(body.backups.every(({ result }) => result === 'UNREADABLE')).toBe(true);
    expect(() => verifyReceipt(receipt.text, [market.vkey])).toThrow();
    // What was open comes to an end of its own.
    expect(await house.ended(bank, open)).toMatchObject({ state: 'COMPLETED' });
    await bank.get(`/v1/instructions/${open}/receipt`).expect(200);

    const after = await market.post(`/v1/subjects/${theirs!}/records/read`, READ).expect(200);
    expect(after.body).toEqual(before.body);
    expect(await rowsOf(house, market)).toMatchObject({ subjects: 3, documents: 1 });
    await market.post('/v1/subjects', anAdmission('cust-new')).expect(201);
  });

  it('R-03: takes nothing in from acceptance on, and is answered by the same instruction again', async () => {
    await house.stopWorker();
    const subjectId = idOf(await bank.post('/v1/subjects', anAdmission('cust-0')).expect(201));
    const key = { 'Idempotency-Key': randomUUID() };
    const accepted = await bank.post('/v1/instructions', LEAVE, key).expect(202);
    const refusals = [
      await bank.post('/v1/subjects', anAdmission('cust-1')),
      await bank.post(`/v1/subjects/${subjectId}/records`, {
        records: [{ element: 'FULL_NAME', value: 'Ada Late', ...COLLECTED }],
      }),
      await bank.post(`/v1/subjects/${subjectId}/consents`, {
        policy: 'PRIVACY_POLICY',
        version: '2026-01',
        givenAt: '2026-11-20T09:00:00Z',
      }),
      await bank.post('/v1/instructions', aDelete({ id: subjectId })),
      await bank.post(`/v1/subjects/${subjectId}/records/read`, READ),
    ];
    for (const { status, body } of refusals)
      expect([status, (body as { code: string }).code]).toEqual([409, 'TENANT_LEAVING']);
    const replayed = await bank.post('/v1/instructions', LEAVE, key).expect(202);
    expect(replayed.headers['idempotency-replayed']).toBe('true');
    const second = await bank.post('/v1/instructions', LEAVE).expect(200);
    expect(second.body).toMatchObject({ id: idOf(accepted), code: 'ALREADY_ERASED' });
    await house.startWorker();
    await house.ended(bank, idOf(accepted));
    await bank.post('/v1/subjects', anAdmission('cust-2')).expect(409);
    // The log and the instructions are there as before.
    await bank.get('/v1/evidence/checkpoint').expect(200);
    const listed = await bank.get('/v1/instructions').expect(200);
    expect((listed.body as { items: unknown[] }).items).toHaveLength(1);
  });

  it('R-77, R-79: leaves what is held standing, for its ground alone; when the hold ends that goes too', async () => {
    const [held, gone] = await takeIn(house, bank, 2);
    const endsAt = new Date(house.clock.now().getTime() + 180_000).toISOString();
    const hold = { ground: 'EX_LEGAL', citation: '31 CFR 1020.220(a)(3)', elements: ['FULL_NAME'], endsAt };
    await bank.post('/v1/holds', { subjectId: held!, ...hold }).expect(201);
    const id = idOf(await bank.post('/v1/instructions', LEAVE).expect(202));
    expect(await house.ended(bank, id)).toMatchObject({ state: 'COMPLETED_WITH_EXCEPTIONS' });
    await bank.get(`/v1/subjects/${gone!}`).expect(404);
    const read = { purpose: 'EX_LEGAL' };
    const opened = await bank.post(`/v1/subjects/${held!}/records/read`, read).expect(200);
    expect(opened.body).toMatchObject({ records: [{ element: 'FULL_NAME', value: 'Ada Invented' }] });
    await bank.post(`/v1/subjects/${held!}/records/read`, READ).expect(409);
    const duty = { purpose: 'LEGAL_OBLIGATION' };
    const refused = await bank.post(`/v1/subjects/${held!}/records/read`, duty).expect(403);
    expect(refused.body).toMatchObject({ code: 'RESTRICTED_BY_HOLD' });
    house.clock.set(new Date(endsAt));
    await waitFor(
      async () => {
        house.clock.advance(10);
        return (await viewOf(bank, id)).state === 'COMPLETED' ? true : undefined;
      },
      { what: 'what was held to be erased', timeoutMs: 60_000 },
    );
    expect(await rowsOf(house, bank)).toMatchObject({ records: 0, subjects: 0, receipts: 2 });
  });

  it('is ordered by who may administer it, in writing, about everything and nothing else', async () => {
    const credential = await house.api
      .get(Tenancy)
      .forTenant(bank.tenantId, (tx) =>
        house.api
          .get(RegisterApiClient)
          .run(tx, { name: 'clerk', scopes: ['instructions:read', 'instructions:write'] }),
      );
    const clerk = await tenantOf(house.http, { ...bank, ...credential });
    const wrong = [
      [await clerk.post('/v1/instructions', LEAVE), 403, 'SCOPE_MISSING'],
      [await bank.post('/v1/instructions', { ...LEAVE, basis: 'END_OF_PURPOSE' }), 422, 'SCOPE_INVALID'],
      [
        await bank.post('/v1/instructions', { ...LEAVE, scope: { elements: ['FULL_NAME'] } }),
        422,
        'SCOPE_INVALID',
      ],
      [await bank.post('/v1/instructions', { ...LEAVE, writing: undefined }), 422, 'INSTRUCTION_NOT_WRITTEN'],
      [
        await bank.post('/v1/instructions', { ...LEAVE, subject: { all: true, externalId: 'cust-1' } }),
        400,
        'VALIDATION_FAILED',
      ],
      [await bank.post('/v1/instructions', { ...LEAVE, subject: { all: false } }), 400, 'VALIDATION_FAILED'],
    ] as const;
    for (const [{ status, body }, wanted, code] of wrong)
      expect([status, (body as { code: string }).code]).toEqual([wanted, code]);
    await bank.post('/v1/subjects', anAdmission('cust-1')).expect(201);
    const own = await house.onboardOwnBusiness();
    const refused = await own.post('/v1/instructions', LEAVE).expect(422);
    expect(refused.body).toMatchObject({ code: 'SCOPE_INVALID' });
  });
});

describe('a tenant that leaves while workers are killed', () => {
  const SIZE = 1_500;
  let house: House;
  let worker: WorkerProcess | undefined;

  beforeAll(async () => {
    house = await startHouse({ worker: false, clock: new RunningClock() });
  });

  afterAll(async () => {
    await worker?.kill();
    await house.stop();
  });

  it('R-70: goes on where it was: nothing is lost, removed twice or counted twice', async () => {
    const bank = await house.onboard('Bank');
    await takeIn(house, bank, SIZE);
    const id = idOf(await bank.post('/v1/instructions', LEAVE).expect(202));
    let seen = 0;
    let midway = 0;
    for (let kills = 0; kills < 3; kills += 1) {
      worker = spawnWorker(house, { leaseSeconds: 1 });
      seen = await waitFor(
        async () => {
          const { steps, unreadableAt, final } = await viewOf(bank, id);
          const { done = 0 } = steps.find(({ name }) => name === 'ERASE_STORES') ?? {};
          if (final) return done;
          return unreadableAt !== null && done > seen ? done : undefined;
        },
        { what: 'the removal to go on', timeoutMs: 60_000 },
      );
      await worker.kill();
      if (seen < SIZE * 7) midway += 1;
    }
    expect(midway).toBeGreaterThan(0);
    worker = spawnWorker(house, { leaseSeconds: 1 });
    const ended = await house.ended(bank, id);
    expect(ended.state).toBe('COMPLETED');
    const receipt = await bank.get(`/v1/instructions/${id}/receipt`).expect(200);
    const { body } = verifyReceipt(receipt.text, [bank.vkey]);
    expect(body.stores).toEqual([
      { store: 'postgres-records', erased: SIZE * 6, remaining: 0 },
      { store: 'documents', erased: 0, remaining: 0 },
      { store: 'postgres-consents', erased: 0, remaining: 0 },
      { store: 'packages', erased: 0, remaining: 0 },
      { store: 'subjects', erased: SIZE, remaining: 0 },
    ]);
    expect(await rowsOf(house, bank)).toMatchObject({ records: 0, subjects: 0, receipts: 1 });
  });
});
