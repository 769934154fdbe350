import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectLogIntact } from '@personr/audit/testing';
import { verifyReceipt } from '@personr/proof';
import { Tenancy } from '@personr/tenancy';
import { Redis } from 'ioredis';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { tally } from './tally.js';

type Refused = { readonly code?: string };

describe('what a tenant instructed', () => {
  let house: House;
  let bank: TestTenant;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
  });

  afterAll(() => house.stop());

  const admit = (externalId: string) => bank.post('/v1/subjects', anAdmission(externalId)).expect(201);

  const instruct = async (externalId: string): Promise<string> =>
    idOf(await bank.post('/v1/instructions', aDelete({ externalId })).expect(202));

  const expectReceipt = async (id: string): Promise<void> => {
    const { text } = await bank.get(`/v1/instructions/${id}/receipt`).expect(200);
    expect(verifyReceipt(text, [bank.vkey])).toMatchObject({ instructionId: id, outcome: 'COMPLETED' });
  };

  it('R-07: becomes one instruction and one receipt, sent 50 times at once with one key', async () => {
    await admit('cust-once');
    const before = await tally(house, bank);
    const key = { 'Idempotency-Key': randomUUID() };
    const sendings = Array.from({ length: 50 }, () =>
      bank.post('/v1/instructions', aDelete({ externalId: 'cust-once' }), key),
    );
    const answers = await Promise.all(sendings);
    const accepted = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status !== 202);
    const [id = '', ...others] = new Set(accepted.map(idOf));
    expect(others).toEqual([]);
    for (const { status, body } of refused) {
      expect([status, (body as Refused).code]).toEqual([409, 'IDEMPOTENCY_IN_PROGRESS']);
    }
    await house.ended(bank, id);
    await expectReceipt(id);
    const after = await tally(house, bank);
    expect(after.instructions - before.instructions).toBe(1);
    expect(after.receipts - before.receipts).toBe(1);
    expect(after.work - before.work).toBe(1);
  });

  it('R-70: ends in one receipt each while Redis forgets everything and the worker is stopped', async () => {
    const names = Array.from({ length: 20 }, (_, number) => `cust-lost-${number}`);
    for (const name of names) await admit(name);
    const redis = new Redis(house.redisUrl);
    const over = new AbortController();
    const forgetting = (async () => {
      while (!over.signal.aborted) {
        await redis.flushdb();
        await sleep(20);
      }
    })();
    const ids: string[] = [];
    for (const [number, name] of names.entries()) {
      ids.push(await instruct(name));
      if (number === 7) await house.stopWorker();
      if (number === 12) await house.startWorker();
    }
    await sleep(300);
    over.abort();
    await forgetting;
    await redis.quit();
    // A bell that was lost rings again five seconds later.
    house.clock.advance(5_000);
    for (const id of ids) {
      expect(await house.ended(bank, id)).toMatchObject({ state: 'COMPLETED' });
      await expectReceipt(id);
    }
    expect(new Set(ids).size).toBe(names.length);
  });

  it('R-99: has an entry for each act, and no act without one', async () => {
    const counts = await tally(house, bank);
    expect(counts.events).toEqual({
      'tenant.onboarded': 1,
      'agreement.added': 1,
      'notice.added': 1,
      'policy.changed': 1,
      'api-client.registered': 1,
      'sign-in.granted': 1,
      'subject.admitted': 21,
      'instruction.accepted': counts.instructions,
      'instruction.refused': counts.events['instruction.refused'] ?? 0,
      'erasure.started': counts.instructions,
      'subject-key.shredded': counts.instructions,
      'erasure.verified': counts.instructions,
      'instruction.closed': counts.receipts,
    });
    expect(counts).toMatchObject({ instructions: 21, receipts: 21, work: 21, subjects: 0, records: 0 });
    expect(counts.entries).toBe(counts.logSize);
    await expectLogIntact(house.api.get(Tenancy), bank.tenantId, bank.vkey);
  });
});
