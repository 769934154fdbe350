import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyReceipt } from '@personr/proof';
import { tempDirectory, waitFor } from '@personr/testkit';
import { clientsOf } from './api-clients.spec-helper.js';
import { aDelete, anAdmission, aReturn, COLLECTED, idOf } from './bodies.js';
import { aboutDocument, DocumentWire, jsonOf } from './document-wire.js';
import { type House, startHouse, tenantOf, type TestTenant } from './house.js';
import { entriesOf } from './log-entries.js';
import { sentBy } from './sent-by.js';

const PICTURE = Buffer.from('a picture of a licence and a face');
const SSN = '987-65-4329';
const DAY = 86_400_000;

type View = {
  readonly state: string;
  readonly flags: readonly string[];
  readonly allowedActs: readonly string[];
  readonly steps: readonly {
    name: string;
    state: string;
    done: number;
    total: number;
    bytes: number | null;
  }[];
  readonly deadlines: readonly { code: string; metAt: string | null }[];
  readonly package?: { expiresAt: string | null };
  readonly transfer?: { acknowledgedAt: string | null; reminded: number };
};

describe('a return, from the instruction to the receipt', () => {
  let house: House;
  let bank: TestTenant;
  let market: TestTenant;
  let wire: DocumentWire;
  let people = 0;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    market = await house.onboard('Market');
    wire = await DocumentWire.open(house, bank);
  });

  afterAll(() => house.stop());

  const aPerson = async (): Promise<{ externalId: string; id: string }> => {
    people += 1;
    const externalId = `return-${people}`;
    const admission = anAdmission(externalId);
    const records = [...admission.records, { element: 'SSN', value: SSN, ...COLLECTED }];
    const id = idOf(await bank.post('/v1/subjects', { ...admission, records }).expect(201));
    const path = wire.path(id, aboutDocument({ element: 'DOCUMENT_FACE_PICTURE' }));
    expect((await wire.post(path, PICTURE, { 'content-type': 'image/png' })).status).toBe(201);
    return { externalId, id };
  };
  const ordered = async (subject: object, changes: object = {}): Promise<string> =>
    idOf(await bank.post('/v1/instructions', aReturn(subject, changes)).expect(202));
  const view = async (id: string): Promise<View> =>
    (await bank.get(`/v1/instructions/${id}`).expect(200)).body as View;
  const packagePath = (id: string) => `/v1/instructions/${id}/package`;
  const acknowledge = (id: string, body: object, tenant = bank) =>
    tenant.post(`/v1/instructions/${id}/acknowledge`, body);
  const now = () => house.clock.now().toISOString();
  const codeOf = ({ body }: { readonly body: unknown }) => (body as { code: string }).code;
  const manifestIn = (zip: Buffer): string => {
    const path = join(tempDirectory('returned'), 'package.zip');
    writeFileSync(path, zip);
    return createHash('sha256')
      .update(execFileSync('unzip', ['-p', path, 'manifest.json']))
      .digest('hex');
  };
  const fileIn = (zip: Buffer, name: string): Buffer => {
    const path = join(tempDirectory('returned'), 'package.zip');
    writeFileSync(path, zip);
    return execFileSync('unzip', ['-p', path, name]);
  };

  it('R-43, R-55, R-59: gives the Business everything, and erases it when the manifest it received is acknowledged', async () => {
    const { externalId, id } = await aPerson();
    const returned = await ordered({ externalId });
    const sent = await sentBy(house, bank, returned);
    const waiting = await view(returned);
    expect(waiting.allowedActs).toContain('acknowledge');
    expect(waiting.package?.expiresAt).toBeNull();
    expect(waiting.deadlines).toContainEqual(expect.objectContaining({ code: 'TRANSFER_ACK', metAt: null }));
    const build = waiting.steps.find(({ name }) => name === 'BUILD_PACKAGE');
    expect(build).toMatchObject({ state: 'DONE', done: 8, total: 8, bytes: sent.sizeBytes });

    const whole = (await wire.get(packagePath(returned))).bytes;
    const head = await wire.get(packagePath(returned), { range: 'bytes=0-99' });
    const rest = await wire.get(packagePath(returned), { range: 'bytes=100-' });
    expect([head.status, rest.status]).toEqual([206, 206]);
    expect(Buffer.concat([head.bytes, rest.bytes]).equals(whole)).toBe(true);
    expect(manifestIn(whole)).toBe(sent.manifestSha256);
    expect(fileIn(whole, 'data.json').toString()).toContain(SSN);
    expect(fileIn(whole, 'documents/*').equals(PICTURE)).toBe(true);
    await bank.get(`/v1/subjects/${id}`).expect(200);

    const body = { manifestSha256: manifestIn(whole), receivedAt: now() };
    const answer = await acknowledge(returned, body).expect(200);
    expect(answer.body).toMatchObject({ type: 'RETURN', transfer: { acknowledgedAt: now() } });
    expect((await house.ended(bank, returned)).state).toBe('COMPLETED');
    const again = await acknowledge(returned, body).expect(200);
    expect(again.body).toMatchObject({ state: 'COMPLETED', transfer: { receivedAt: body.receivedAt } });

    await bank.get(`/v1/subjects/${id}`).expect(404);
    const gone = await wire.get(packagePath(returned));
    expect([gone.status, jsonOf(gone).code]).toEqual([410, 'PACKAGE_EXPIRED']);
    expect(existsSync(join(house.objectDirectory, bank.tenantId, id))).toBe(false);
    const receipt = await bank.get(`/v1/instructions/${returned}/receipt`).expect(200);
    const verdict = verifyReceipt(receipt.text, [bank.vkey]);
    expect(verdict.body).toMatchObject({
      type: 'RETURN',
      outcome: 'COMPLETED',
      answer: { nature: 'RETURNED_AND_ERASED' },
      package: { manifestSha256: sent.manifestSha256, sizeBytes: whole.length, hasLater: false },
    });
    expect(verdict.body.stores).toContainEqual({ store: 'packages', erased: 1, remaining: 0 });
    const entries = (await entriesOf(house, bank)).filter((entry) => entry.instructionId === returned);
    const events = entries.map(({ event }) => event);
    expect(events.filter((event) => event === 'package.downloaded')).toHaveLength(3);
    expect(events).toEqual(expect.arrayContaining(['transfer.sent', 'transfer.acknowledged']));
  });

  it('R-57: keeps what came in since, says so, and returns it next', async () => {
    const { externalId, id } = await aPerson();
    const returned = await ordered({ id });
    const { manifestSha256 } = await sentBy(house, bank, returned);
    const more = [{ element: 'FULL_NAME', value: 'Ada Later', ...COLLECTED }];
    await bank.post(`/v1/subjects/${id}/records`, { records: more }).expect(201);
    await acknowledge(returned, { manifestSha256, receivedAt: now() }).expect(200);
    expect((await house.ended(bank, returned)).state).toBe('COMPLETED');
    expect((await view(returned)).flags).toContain('LATER_DATA_KEPT');
    const read = await bank
      .post(`/v1/subjects/${id}/records/read`, { purpose: 'IDENTITY_VERIFICATION' })
      .expect(200);
    expect(JSON.stringify(read.body)).toContain('Ada Later');
    expect(JSON.stringify(read.body)).not.toContain('Ada Invented');
    const next = await ordered({ externalId });
    const second = await sentBy(house, bank, next);
    const zip = (await wire.get(packagePath(next))).bytes;
    expect(fileIn(zip, 'data.json').toString()).toContain('Ada Later');
    await acknowledge(next, { manifestSha256: second.manifestSha256, receivedAt: now() }).expect(200);
    expect((await house.ended(bank, next)).state).toBe('COMPLETED');
    await bank.get(`/v1/subjects/${id}`).expect(404);
  });

  it('R-55, R-57: is acknowledged by nothing else: not early, by another hash, another tenant, or a client without the right', async () => {
    const { id } = await aPerson();
    await house.stopWorker();
    const returned = await ordered({ id });
    const wrong = { manifestSha256: '0'.repeat(64), receivedAt: now() };
    expect(codeOf(await acknowledge(returned, wrong).expect(409))).toBe('ILLEGAL_TRANSITION');
    const early = await wire.get(packagePath(returned));
    expect([early.status, jsonOf(early).code]).toEqual([409, 'NOT_FINISHED']);
    await house.startWorker();
    const { manifestSha256 } = await sentBy(house, bank, returned);
    const right = { manifestSha256, receivedAt: now() };
    const foreign = await acknowledge(returned, right, market).expect(404);
    const unknown = await acknowledge('01936d2b-9a10-7abc-8def-0123456789ab', right).expect(404);
    expect(codeOf(foreign)).toBe(codeOf(unknown));
    const clients = clientsOf(house, bank);
    const reader = await clients.tokenBySecret(await clients.create({ scopes: ['instructions:read'] }));
    await house.http
      .post(`/v1/instructions/${returned}/acknowledge`)
      .auth(reader, { type: 'bearer' })
      .send(right)
      .expect(403);
    for (const [body, status, code] of [
      [{ ...right, receivedAt: '2026-11-20T00:00:00Z' }, 400, 'VALIDATION_FAILED'],
      [{ ...right, receivedAt: '2036-11-20T00:00:00Z' }, 422, 'RECEIPT_IN_FUTURE'],
      [{ ...right, manifestSha256: manifestSha256.toUpperCase() }, 400, 'VALIDATION_FAILED'],
      [{ ...right, more: 1 }, 400, 'UNKNOWN_MEMBER'],
      [{ receivedAt: right.receivedAt }, 400, 'VALIDATION_FAILED'],
    ] as const)
      expect([body, codeOf(await acknowledge(returned, body).expect(status))]).toEqual([body, code]);
    expect((await view(returned)).state).toBe('AWAITING_TRANSFER_ACK');
    const mismatch = { ...right, manifestSha256: 'a'.repeat(64) };
    expect(codeOf(await acknowledge(returned, mismatch).expect(409))).toBe('MANIFEST_MISMATCH');
    expect((await sentBy(house, bank, returned)).manifestSha256).toBe(manifestSha256);
    await bank.get(`/v1/subjects/${id}`).expect(200);
    await acknowledge(returned, { manifestSha256, receivedAt: now() }).expect(200);
    expect((await house.ended(bank, returned)).state).toBe('COMPLETED');
  });

  it('R-55: goes to no endpoint that has no name, and keeps a tenant from leaving until it is acknowledged', async () => {
    const withPlace = aReturn({ externalId: 'cust-x' }, { return: { endpointId: 'x' } });
    expect(codeOf(await bank.post('/v1/instructions', withPlace).expect(400))).toBe('VALIDATION_FAILED');
    const { id } = await aPerson();
    await ordered({ id });
    const leaving = aDelete({ all: true }, { basis: 'AGREEMENT_END', consumerRequest: undefined });
    expect(codeOf(await bank.post('/v1/instructions', leaving).expect(409))).toBe(
      'TRANSFER_NOT_ACKNOWLEDGED',
    );
  });

  it('R-58: is asked for by itself on the days of the policy, and stays as long as nobody answers', async () => {
    const { id } = await aPerson();
    const returned = await ordered({ id });
    await sentBy(house, bank, returned);
    for (const [days, reminded] of [
      [3, 1],
      [4, 2],
      [7, 3],
      [30, 3],
    ] as const) {
      house.clock.advance(days * DAY);
      const { token } = await tenantOf(house.http, bank);
      const seen = await waitFor(
        async () => {
          house.clock.advance(10);
          const answer = await house.http
            .get(`/v1/instructions/${returned}`)
            .auth(token, { type: 'bearer' })
            .expect(200);
          const shown = answer.body as View;
          return shown.transfer?.reminded === reminded ? shown : undefined;
        },
        { what: 'the reminder', timeoutMs: 30_000 },
      );
      expect(seen).toMatchObject({ state: 'AWAITING_TRANSFER_ACK', flags: ['TRANSFER_ACK_OVERDUE'] });
    }
    expect(existsSync(join(house.objectDirectory, bank.tenantId, id))).toBe(true);
  });
});
