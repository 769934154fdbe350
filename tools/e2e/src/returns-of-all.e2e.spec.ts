import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expectLogIntact } from '@personr/audit/testing';
import { verifyReceipt } from '@personr/proof';
import { Tenancy } from '@personr/tenancy';
import { waitFor } from '@personr/testkit';
import { clientsOf } from './api-clients.spec-helper.js';
import { anAdmission, aReturnOfAll, idOf } from './bodies.js';
import { DocumentWire, jsonOf } from './document-wire.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { entriesOf } from './log-entries.js';
import { fileIn, packagePath, takenWhole } from './returned-parts.js';
import { sentBy } from './sent-by.js';
import { takeIn } from './take-in.js';
import { spawnWorker, type WorkerProcess } from './worker-process.js';
import { RunningClock } from './running-clock.js';

const PICTURE = randomBytes(200_000);
/** More than two parts hold. */
const CROWD = 2_000;

type View = {
  readonly state: string;
  readonly flags: readonly string[];
  readonly allowedActs: readonly string[];
  readonly steps: readonly { name: string; done: number; total: number; bytes: number | null }[];
  readonly transfer?: { readonly parts: number; readonly subjects: number };
};
const viewOf = async (tenant: TestTenant, id: string): Promise<View> =>
  (await tenant.get(`/v1/instructions/${id}`).expect(200)).body as View;
describe('the return of everything, from the instruction to the receipt', () => {
  let house: House;
  let bank: TestTenant;
  let market: TestTenant;
  let wire: DocumentWire;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    market = await house.onboard('Market');
    wire = await DocumentWire.open(house, bank);
  });

  afterAll(() => house.stop());

  it('R-43, R-55, R-57, R-59: gives all of it in parts, takes nothing in meanwhile, and erases it when that is acknowledged', async () => {
    const [theirs] = await takeIn(house, market, 2);
    const mine = await takeIn(house, bank, 4);
    const added = await wire.post(wire.path(mine[2]!), PICTURE, { 'content-type': 'image/png' });
    expect(added.status).toBe(201);

    const clients = clientsOf(house, bank);
    const plain = await clients.tokenBySecret(await clients.create({ scopes: ['instructions:write'] }));
    await house.http
      .post('/v1/instructions')
      .auth(plain, { type: 'bearer' })
      .send(aReturnOfAll())
      .expect(403);
    const order = idOf(await bank.post('/v1/instructions', aReturnOfAll()).expect(202));
    const late = await bank.post('/v1/subjects', anAdmission('cust-late')).expect(409);
    expect(late.body).toMatchObject({ code: 'TENANT_LEAVING' });

    const { manifestSha256 } = await sentBy(house, bank, order);
    const waiting = await viewOf(bank, order);
    expect(waiting).toMatchObject({ subject: { all: true }, transfer: { parts: 1, subjects: 4 } });
    expect(waiting.flags).toContain('INTAKE_CLOSED');
    expect(waiting.allowedActs).toContain('acknowledge');
    const build = waiting.steps.find(({ name }) => name === 'BUILD_PACKAGE');
    expect(build).toMatchObject({ done: 4, total: 4, bytes: expect.any(Number) as number });

    const zips: Buffer[] = [];
    const taken = await takenWhole(wire, order, (zip) => void zips.push(zip));
    expect(taken.manifestSha256).toBe(manifestSha256);
    expect(taken.lines.map(({ id }) => id)).toEqual([...mine].sort());
    expect(taken.counts).toMatchObject({ parts: 1, subjects: 4, documents: 1 });
    const { path } = taken.lines.find(({ id }) => id === mine[2])!.documents[0]!;
    expect(fileIn(zips[0]!, path).equals(PICTURE)).toBe(true);
    const first = `${packagePath(order)}/parts/1`;
    const head = await wire.get(first, { range: 'bytes=0-99' });
    const rest = await wire.get(first, { range: 'bytes=100-' });
    expect([head.status, rest.status]).toEqual([206, 206]);
    expect(Buffer.concat([head.bytes, rest.bytes]).equals(zips[0]!)).toBe(true);
    for (const part of ['0', '2', '01', 'one'])
      expect((await wire.get(`${packagePath(order)}/parts/${part}`)).status).toBe(404);
    await market.get(first).expect(404);

    const body = { manifestSha256, receivedAt: house.clock.now().toISOString() };
    await market.post(`/v1/instructions/${order}/acknowledge`, body).expect(404);
    await bank.get(`/v1/subjects/${mine[0]}`).expect(200);
    await bank.post(`/v1/instructions/${order}/acknowledge`, body).expect(200);
    expect((await house.ended(bank, order)).state).toBe('COMPLETED');
    await bank.get(`/v1/subjects/${mine[0]}`).expect(404);
    for (const place of [packagePath(order), first]) {
      const gone = await wire.get(place);
      expect([gone.status, jsonOf(gone).code]).toEqual([410, 'PACKAGE_EXPIRED']);
    }
    const files = readdirSync(join(house.objectDirectory, bank.tenantId), {
      recursive: true,
      withFileTypes: true,
    });
    expect(files.filter((one) => one.isFile())).toEqual([]);
    await market.get(`/v1/subjects/${theirs}`).expect(200);
    const receipt = await bank.get(`/v1/instructions/${order}/receipt`).expect(200);
    expect(verifyReceipt(receipt.text, [bank.vkey]).body).toMatchObject({
      type: 'RETURN',
      subjectRef: null,
      answer: { nature: 'RETURNED_AND_ERASED' },
      package: { manifestSha256, parts: 1, subjects: 4, documents: 1 },
    });
    const entries = (await entriesOf(house, bank)).filter(({ instructionId }) => instructionId === order);
    const downloads = entries.filter(({ event }) => event === 'package.downloaded');
    expect(downloads.map(({ detail }) => detail?.part).sort()).toEqual([0, 1, 1, 1]);
    await expectLogIntact(house.api.get(Tenancy), bank.tenantId, bank.vkey);
  });
});

describe('the return of a crowd, whose worker is killed while it builds', () => {
  let house: House;
  let bank: TestTenant;
  let wire: DocumentWire;
  let worker: WorkerProcess | undefined;

  beforeAll(async () => {
    house = await startHouse({ worker: false, clock: new RunningClock() });
    bank = await house.onboard('Bank');
    wire = await DocumentWire.open(house, bank);
  });

  afterAll(async () => {
    await worker?.kill();
    await house.stop();
  });

  it('R-57: loses and doubles nobody, and erases all of them after the acknowledgement', async () => {
    const mine = await takeIn(house, bank, CROWD);
    expect(mine).toHaveLength(CROWD);
    const order = idOf(await bank.post('/v1/instructions', aReturnOfAll()).expect(202));
    const built = async () =>
      (await viewOf(bank, order)).steps.find(({ name }) => name === 'BUILD_PACKAGE')?.done ?? 0;
    worker = spawnWorker(house, { leaseSeconds: 1 });
    await waitFor(async () => ((await built()) > 0 ? true : undefined), {
      what: 'the first part',
      timeoutMs: 60_000,
    });
    await worker.kill();
    expect(await built()).toBeLessThanOrEqual(CROWD);
    worker = spawnWorker(house, { leaseSeconds: 1 });
    const { manifestSha256 } = await sentBy(house, bank, order);
    const { lines, counts } = await takenWhole(wire, order);
    expect(lines.map(({ id }) => id)).toEqual([...mine].sort());
    expect(counts).toMatchObject({ parts: 2, subjects: CROWD });
    const body = { manifestSha256, receivedAt: new Date().toISOString() };
    await bank.post(`/v1/instructions/${order}/acknowledge`, body).expect(200);
    await house.owner.query(`update package set ends_at = now() where state = 'BUILDING'`);
    expect((await house.ended(bank, order)).state).toBe('COMPLETED');
    const { rows } = await house.owner.query<{ left: number }>(
      `select ((select count(*) from subject where tenant_id = $1) + (select count(*) from record where tenant_id = $1)
             + (select count(*) from package where tenant_id = $1))::int as left`,
      [bank.tenantId],
    );
    expect(rows).toEqual([{ left: 0 }]);
  }, 180_000);
});
