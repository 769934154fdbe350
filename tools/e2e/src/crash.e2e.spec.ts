import { setTimeout as sleep } from 'node:timers/promises';
import { expectEvidenceIntact, expectLogIntact } from '@personr/audit/testing';
import { verifyReceipt } from '@personr/proof';
import { Tenancy } from '@personr/tenancy';
import { waitFor } from '@personr/testkit';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { tally } from './tally.js';
import { spawnWorker, type WorkerProcess } from './worker-process.js';
import { RunningClock } from './running-clock.js';

const SEED = 20_261_123;
const KILLS = 10;
const PER_KILL = 1;
const FIRST = 6;
const SURVIVORS = 3;
/** What an erasure leaves: four steps begun, four done, a receipt. */
const MARKS = 9;
const LEASE_SECONDS = 1;
const PATIENCE_MS = 30_000;
const READ = { purpose: 'IDENTITY_VERIFICATION' };

/** Numbers in [0, 1), the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Erased = { readonly subjectId: string; readonly instructionId: string };

describe('a worker that is killed again and again', () => {
  let house: House;
  let bank: TestTenant;
  let worker: WorkerProcess | undefined;
  const random = seeded(SEED);
  const ordered: Erased[] = [];

  beforeAll(async () => {
    house = await startHouse({ worker: false, clock: new RunningClock() });
    bank = await house.onboard('Bank');
  });

  afterAll(async () => {
    await worker?.kill();
    await house.stop();
  });

  const admit = async (externalId: string): Promise<string> =>
    idOf(await bank.post('/v1/subjects', anAdmission(externalId)).expect(201));

  const instruct = async (): Promise<void> => {
    const subjectId = await admit(`cust-${ordered.length}`);
    const receivedAt = new Date(house.clock.now().getTime() - 3_600_000).toISOString();
    const consumerRequest = { receivedAt, manner: 'EMAIL', nature: 'DELETE' };
    const order = aDelete({ id: subjectId }, { consumerRequest });
    const accepted = await bank.post('/v1/instructions', order).expect(202);
    ordered.push({ subjectId, instructionId: idOf(accepted) });
  };

  const valuesOf = async (id: string): Promise<unknown> =>
    (await bank.post(`/v1/subjects/${id}/records/read`, READ).expect(200)).body;

  /** How far all erasures have come together: steps begun, steps done, receipts. */
  const progress = async (): Promise<number> => {
    const { rows } = await house.owner.query<{ marks: number }>(
      `select (select count(*) + count(done_at) from execution_step)::int
            + (select count(*) from receipt)::int as marks`,
    );
    return rows[0]?.marks ?? 0;
  };

  /** Kills the worker when it has come a random piece further. Returns how many erasures it left in the middle. */
  const killInTheMiddle = async (): Promise<number> => {
    const target = (await progress()) + 1 + Math.floor(random() * MARKS);
    const started = spawnWorker(house, { leaseSeconds: LEASE_SECONDS });
    worker = started;
    const deadline = performance.now() + PATIENCE_MS;
    while ((await progress()) < target) {
      if (performance.now() > deadline) throw new Error(`the worker got nowhere; it said: ${started.said()}`);
      await sleep(2);
    }
    await sleep(random() * 10);
    await started.kill();
    const { rows } = await house.owner.query<{ left: number }>(
      `select count(distinct s.instruction_id)::int as left
         from execution_step s join work w on w.reference_id = s.instruction_id and w.done_at is null`,
    );
    return rows[0]?.left ?? 0;
  };

  it('R-70: leaves each instruction ended once, with one receipt, and nobody else touched', async () => {
    const survivors = await Promise.all(
      Array.from({ length: SURVIVORS }, (_, number) => admit(`survivor-${number}`)),
    );
    const before = await Promise.all(survivors.map(valuesOf));
    for (let number = 0; number < FIRST; number += 1) await instruct();
    let interrupted = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      for (let number = 0; number < PER_KILL; number += 1) await instruct();
      interrupted += await killInTheMiddle();
    }
    expect(interrupted).toBeGreaterThan(0);

    worker = spawnWorker(house, { leaseSeconds: LEASE_SECONDS });
    for (const { instructionId, subjectId } of ordered) {
      expect(await house.ended(bank, instructionId)).toMatchObject({ state: 'COMPLETED' });
      const { text } = await bank.get(`/v1/instructions/${instructionId}/receipt`).expect(200);
      const verdict = verifyReceipt(text, [bank.vkey]);
      expect(verdict).toMatchObject({ instructionId, outcome: 'COMPLETED' });
      expect(verdict.body.stores).toMatchObject([
        { erased: 6, remaining: 0 },
        { erased: 0, remaining: 0 },
        { erased: 0, remaining: 0 },
        { store: 'packages', erased: 0, remaining: 0 },
      ]);
      await bank.get(`/v1/subjects/${subjectId}`).expect(404);
    }
    expect(await Promise.all(survivors.map(valuesOf))).toEqual(before);

    const counts = await tally(house, bank);
    const each = ordered.length;
    expect(counts).toMatchObject({ instructions: each, work: each, receipts: each, subjects: SURVIVORS });
    // Whoever asks for somebody gone is refused, the first ten times a minute by an entry each.
    const acts = Object.entries(counts.events).filter(([event]) => event !== 'request.refused');
    expect(Object.fromEntries(acts)).toEqual({
      'tenant.onboarded': 1,
      'agreement.added': 1,
      'notice.added': 1,
      'policy.changed': 1,
      'api-client.registered': 1,
      'sign-in.granted': 1,
      'subject.admitted': each + SURVIVORS,
      'values.read': 2 * SURVIVORS,
      'instruction.accepted': each,
      'erasure.started': each,
      'subject-key.shredded': each,
      'erasure.verified': each,
      'instruction.closed': each,
    });
    const { entries } = await expectLogIntact(house.api.get(Tenancy), bank.tenantId, bank.vkey);
    const [origin = ''] = bank.vkey.split('+');
    const laidOut = () => expectEvidenceIntact(house.evidenceDirectory, { origin, vkey: bank.vkey });
    await waitFor(() => Promise.resolve(laidOut().length === entries.length), { what: 'the log laid out' });
    expect(laidOut()).toEqual(entries);
  }, 240_000);
});
