import { setTimeout as sleep } from 'node:timers/promises';
import { expectLogIntact } from '@personr/audit/testing';
import { verifyReceipt } from '@personr/proof';
import { Tenancy } from '@personr/tenancy';
import { anAdmission, aReturn, COLLECTED, idOf } from './bodies.js';
import { aboutDocument, DocumentWire } from './document-wire.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { type Sent } from './sent-by.js';
import { tally } from './tally.js';
import { spawnWorker, type WorkerProcess } from './worker-process.js';
import { RunningClock } from './running-clock.js';

const KILLS = 4;
const FIRST = 3;
/** What a return leaves: steps begun and done before its acknowledgement and after it, and a receipt. */
const MARKS = 15;
const LEASE_SECONDS = 1;
const PATIENCE_MS = 40_000;
const PICTURE = Buffer.alloc(300_000, 'a picture of a face ');

/** Numbers in [0, 1), the same in every run (Park and Miller). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

type Returned = { readonly subjectId: string; readonly id: string };
type View = {
  readonly state: string;
  readonly transfer?: Sent & { readonly sentAt: string | null; readonly records: number };
};

describe('returns whose worker is killed again and again', () => {
  let house: House;
  let bank: TestTenant;
  let wire: DocumentWire;
  let worker: WorkerProcess | undefined;
  const random = seeded(20_261_130);
  const ordered: Returned[] = [];

  beforeAll(async () => {
    house = await startHouse({ worker: false, clock: new RunningClock() });
    bank = await house.onboard('Bank');
    wire = await DocumentWire.open(house, bank);
  });

  afterAll(async () => {
    await worker?.kill();
    await house.stop();
  });

  const order = async (): Promise<void> => {
    const subjectId = idOf(
      await bank.post('/v1/subjects', anAdmission(`cust-${ordered.length}`)).expect(201),
    );
    const path = wire.path(subjectId, aboutDocument());
    expect((await wire.post(path, PICTURE, { 'content-type': 'image/png' })).status).toBe(201);
    const receivedAt = new Date(Date.now() - 3_600_000).toISOString();
    const consumerRequest = { receivedAt, manner: 'EMAIL', nature: 'RETURN' };
    const accepted = await bank
      .post('/v1/instructions', aReturn({ id: subjectId }, { consumerRequest }))
      .expect(202);
    ordered.push({ subjectId, id: idOf(accepted) });
  };

  const view = async (id: string): Promise<View> =>
    (await bank.get(`/v1/instructions/${id}`).expect(200)).body as View;

  /** Acknowledges whatever was sent; to every second something is added before. Nothing has gone of what was not. */
  const acknowledge = async (): Promise<void> => {
    for (const [at, { id, subjectId }] of ordered.entries()) {
      const { state, transfer } = await view(id);
      if (['APPROVED', 'PACKAGING', 'DELIVERING', 'AWAITING_TRANSFER_ACK'].includes(state))
        await bank.get(`/v1/subjects/${subjectId}`).expect(200);
      if (state !== 'AWAITING_TRANSFER_ACK' || transfer === undefined) continue;
      const records = [{ element: 'FULL_NAME', value: 'Ada Later', ...COLLECTED }];
      if (at % 2 === 1) await bank.post(`/v1/subjects/${subjectId}/records`, { records }).expect(201);
      const body = { manifestSha256: transfer.manifestSha256, receivedAt: transfer.sentAt };
      await bank.post(`/v1/instructions/${id}/acknowledge`, body).expect(200);
    }
  };

  const progress = async (): Promise<number> => {
    const { rows } = await house.owner.query<{ marks: number }>(
      `select (select count(*) + count(done_at) from execution_step)::int
            + (select count(*) from receipt)::int as marks`,
    );
    return rows[0]?.marks ?? 0;
  };

  /** Kills the worker when it has come a random piece further. Returns how much work it left in the middle. */
  const killInTheMiddle = async (): Promise<number> => {
    const target = (await progress()) + 1 + Math.floor(random() * MARKS);
    const started = spawnWorker(house, { leaseSeconds: LEASE_SECONDS });
    worker = started;
    const deadline = performance.now() + PATIENCE_MS;
    while ((await progress()) < target) {
      if (performance.now() > deadline) {
        const { rows } = await house.owner.query(
          'select state, last_code from instruction i join work w on w.reference_id = i.id where w.done_at is null',
        );
        throw new Error(`the worker got nowhere: ${JSON.stringify(rows)}; it said: ${started.said()}`);
      }
      await acknowledge();
      await sleep(2);
    }
    await sleep(random() * 10);
    await started.kill();
    // An attempt to build that nobody goes on with is cleared away after five minutes: they pass for what this one left.
    await house.owner.query(`update package set ends_at = now() where state = 'BUILDING'`);
    const { rows } = await house.owner.query<{ left: number }>(
      `select count(distinct s.instruction_id)::int as left
         from execution_step s join work w on w.reference_id = s.instruction_id and w.done_at is null
        where w.kind = 'EXECUTE_INSTRUCTION'`,
    );
    return rows[0]?.left ?? 0;
  };

  /** Whatever happened to its worker, it ended once, with what was sent and nothing else. */
  const expectEnded = async (
    { id, subjectId }: Returned,
    { hasLater }: { hasLater: boolean },
  ): Promise<void> => {
    const deadline = performance.now() + PATIENCE_MS;
    while (!['AWAITING_TRANSFER_ACK', 'COMPLETED'].includes((await view(id)).state)) {
      if (performance.now() > deadline) throw new Error(`${id} is ${(await view(id)).state}`);
      await sleep(20);
    }
    await acknowledge();
    expect(await house.ended(bank, id)).toMatchObject({ state: 'COMPLETED' });
    const { text } = await bank.get(`/v1/instructions/${id}/receipt`).expect(200);
    const { body } = verifyReceipt(text, [bank.vkey]);
    expect(body).toMatchObject({ outcome: 'COMPLETED', package: { records: 6, documents: 1, hasLater } });
    expect(body.stores).toMatchObject([
      { erased: 6, remaining: 0 },
      { erased: 1, remaining: 0 },
      { erased: 0, remaining: 0 },
      { store: 'packages', erased: 1, remaining: 0 },
    ]);
    const purpose = 'IDENTITY_VERIFICATION';
    const read = await bank.post(`/v1/subjects/${subjectId}/records/read`, { purpose });
    expect(read.status).toBe(hasLater ? 200 : 404);
    if (hasLater) expect((read.body as { records: unknown[] }).records).toHaveLength(1);
  };

  it('R-55, R-70: sends each once, erases none before it is acknowledged and each after, and ends with one receipt', async () => {
    for (let number = 0; number < FIRST; number += 1) await order();
    let interrupted = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      await order();
      interrupted += await killInTheMiddle();
    }
    expect(interrupted).toBeGreaterThan(0);

    worker = spawnWorker(house, { leaseSeconds: LEASE_SECONDS });
    for (const [at, one] of ordered.entries()) await expectEnded(one, { hasLater: at % 2 === 1 });

    const { events, ...counts } = await tally(house, bank);
    const each = ordered.length;
    expect(counts).toMatchObject({ instructions: each, receipts: each, subjects: Math.floor(each / 2) });
    for (const event of [
      'package.started',
      'package.sealed',
      'transfer.sent',
      'transfer.acknowledged',
      'erasure.started',
      'subject-key.shredded',
      'erasure.verified',
      'instruction.closed',
    ])
      expect([event, events[event]]).toEqual([event, each]);
    await expectLogIntact(house.api.get(Tenancy), bank.tenantId, bank.vkey);
  }, 300_000);
});
