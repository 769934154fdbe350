import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectLogIntact } from '@personr/audit/testing';
import { verifyReceipt } from '@personr/proof';
import { inventPerson, specimensOf } from '@personr/specimens';
import { Tenancy } from '@personr/tenancy';
import { waitFor } from '@personr/testkit';
import { barcodeTexts } from './redaction.spec-helper.js';
import { dataOf, ExportDesk, unzipped } from './consumer-package.spec-helper.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { tally } from './tally.js';
import { spawnWorker, type WorkerProcess } from './worker-process.js';
import { RunningClock } from './running-clock.js';

jest.setTimeout(600_000);

/** Longer than the time after which a worker says that it lives. */
const LEASE_SECONDS = 7;

describe('a worker that is killed while it makes pictures fit for a consumer', () => {
  let house: House;
  let bank: TestTenant;
  let worker: WorkerProcess | undefined;

  beforeAll(async () => {
    house = await startHouse({ worker: false, clock: new RunningClock() });
    bank = await house.onboard('Bank');
  });

  afterAll(async () => {
    await worker?.kill();
    await house.stop();
  });

  const attempts = async (): Promise<string[]> => {
    const { rows } = await house.owner.query<{ id: string }>(
      "select id from package where state = 'BUILDING' order by id",
    );
    return rows.map(({ id }) => id);
  };

  /** Kills a worker so long after it began an attempt of its own. */
  const killInTheMiddle = async (milliseconds: number): Promise<void> => {
    const before = await attempts();
    const started = spawnWorker(house, { leaseSeconds: LEASE_SECONDS });
    worker = started;
    await waitFor(async () => (await attempts()).length > before.length, {
      what: 'a package to be begun',
      timeoutMs: 60_000,
    });
    await sleep(milliseconds);
    await started.kill();
  };

  it('R-53, R-70: one package, one end and one receipt, and nothing of the attempts is left', async () => {
    const person = inventPerson('demo', 2);
    const files = (await specimensOf(person)).filter(({ name }) => name === 'licence-back.png');
    const desk = await ExportDesk.open(house, bank);
    const subjectId = await desk.admit(person, { files });
    const id = await desk.order(person.externalId, 'CONSUMER');
    for (const milliseconds of [0, 1500]) await killInTheMiddle(milliseconds);
    expect((await attempts()).length).toBe(2);
    const view = await bank.get(`/v1/instructions/${id}`).expect(200);
    expect(view.body).toMatchObject({ state: 'PACKAGING', final: false });

    worker = spawnWorker(house, { leaseSeconds: LEASE_SECONDS });
    expect((await house.ended(bank, id, { seconds: 300 })).state).toBe('COMPLETED');
    const taken = unzipped(await desk.take(id));
    const [picture] = dataOf(taken).documents;
    expect(await barcodeTexts(taken.get(picture!.path)!)).toEqual([]);
    const { text } = await bank.get(`/v1/instructions/${id}/receipt`).expect(200);
    expect(verifyReceipt(text, [bank.vkey])).toMatchObject({ instructionId: id, outcome: 'COMPLETED' });

    // What dead attempts left is swept once their time is up.
    await house.owner.query("update package set ends_at = now() where state = 'BUILDING'");
    await waitFor(async () => (await attempts()).length === 0, {
      what: 'the attempts to be swept',
      timeoutMs: 60_000,
    });
    expect(readdirSync(join(house.objectDirectory, bank.tenantId, subjectId))).toHaveLength(2);
    const counts = await tally(house, bank);
    expect(counts).toMatchObject({ instructions: 1, work: 1, receipts: 1, subjects: 1 });
    expect(counts.events).toMatchObject({
      'instruction.accepted': 1,
      'package.started': 1,
      'package.sealed': 1,
      'package.downloaded': 1,
      'instruction.closed': 1,
    });
    expect(counts.events).not.toHaveProperty('package.blocked');
    await expectLogIntact(house.api.get(Tenancy), bank.tenantId, bank.vkey);
  });
});
