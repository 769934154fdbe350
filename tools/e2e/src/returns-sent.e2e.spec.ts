import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Inbox, startInbox, tempDirectory, waitFor } from '@personr/testkit';
import { anAdmission, anExport, aReturn, idOf } from './bodies.js';
import { DocumentWire } from './document-wire.js';
import { provedInbox, REACH_INBOX } from './endpoints.spec-helper.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { entriesOf } from './log-entries.js';
import { sentBy } from './sent-by.js';
import { spawnWorker } from './worker-process.js';

const AGE = '/usr/bin/age';
const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

describe('a return that is brought to an endpoint', () => {
  let house: House;
  let bank: TestTenant;
  let inbox: Inbox;
  let endpointId: string;
  let wire: DocumentWire;
  let people = 0;

  beforeAll(async () => {
    house = await startHouse({ endpoints: REACH_INBOX });
    bank = await house.onboard('Bank');
    wire = await DocumentWire.open(house, bank);
    inbox = await startInbox();
    endpointId = await provedInbox(bank, inbox);
  });

  afterEach(() => {
    inbox.answer = undefined;
  });

  afterAll(async () => {
    await house.stop();
    await inbox.stop();
  });

  const aPerson = async (): Promise<{ id: string }> => {
    people += 1;
    return { id: idOf(await bank.post('/v1/subjects', anAdmission(`sent-${people}`)).expect(201)) };
  };
  const ordered = async (to: object = { endpointId }, subject?: { id: string }): Promise<string> => {
    const order = aReturn(subject ?? (await aPerson()), { return: to });
    return idOf(await bank.post('/v1/instructions', order).expect(202));
  };
  const arrived = (id: string, suffix = ''): Buffer | undefined =>
    inbox.items.get(`/in/personr-${id}.zip${suffix}`)?.bytes;
  const transferOf = async (id: string) =>
    ((await bank.get(`/v1/instructions/${id}`).expect(200)).body as { transfer?: object }).transfer;
  const eventsOf = async (id: string, wanted: string) =>
    (await entriesOf(house, bank)).filter(
      ({ event, instructionId }) => instructionId === id && event === wanted,
    );
  const manifestIn = (zip: Buffer): string => {
    const path = join(tempDirectory('sent'), 'package.zip');
    writeFileSync(path, zip);
    return createHash('sha256')
      .update(execFileSync('unzip', ['-p', path, 'manifest.json']))
      .digest('hex');
  };
  const acknowledge = (id: string, manifestSha256: string) =>
    bank.post(`/v1/instructions/${id}/acknowledge`, {
      manifestSha256,
      receivedAt: house.clock.now().toISOString(),
    });

  it('R-55, R-57: is there whole before its acknowledgement is waited for, and erased when that has come', async () => {
    const id = await ordered();
    const { manifestSha256, sizeBytes } = await sentBy(house, bank, id);
    const zip = arrived(id)!;
    expect([zip.length, manifestIn(zip)]).toEqual([sizeBytes, manifestSha256]);
    expect(await transferOf(id)).toMatchObject({ by: 'ENDPOINT', failure: null });
    expect((await wire.get(`/v1/instructions/${id}/package`)).bytes.equals(zip)).toBe(true);
    await acknowledge(id, manifestIn(zip)).expect(200);
    expect((await house.ended(bank, id)).state).toBe('COMPLETED');
    expect((await eventsOf(id, 'transfer.sent')).map(({ detail }) => detail?.by)).toEqual(['ENDPOINT']);
  });

  it('R-55: is tried again while the endpoint does not take it; why is said once, and nothing is erased', async () => {
    inbox.answer = (request, response) => {
      request.resume().once('end', () => response.writeHead(507).end());
    };
    const id = await ordered();
    const tries = () => inbox.requests.filter(({ url }) => url?.includes(id) === true).length;
    await waitFor(
      () => {
        house.clock.advance(1_000);
        return tries() >= 3;
      },
      { what: 'several attempts', timeoutMs: 60_000 },
    );
    expect(await transferOf(id)).toMatchObject({ failure: 'FULL', sentAt: null });
    const refused = await acknowledge(id, '0'.repeat(64)).expect(409);
    expect(refused.body).toMatchObject({ code: expect.any(String) as unknown });
    inbox.answer = undefined;
    const { manifestSha256 } = await sentBy(house, bank, id);
    expect(manifestIn(arrived(id)!)).toBe(manifestSha256);
    expect(await transferOf(id)).toMatchObject({ failure: null, by: 'ENDPOINT' });
    const failures = await eventsOf(id, 'transfer.failed');
    expect(failures.map(({ detail }) => detail)).toEqual([{ endpointId, reason: 'FULL' }]);
  });

  it('R-70: a worker that is killed in mid-transfer loses and doubles nothing', async () => {
    await house.stopWorker();
    const id = await ordered();
    let isHeld = false;
    inbox.answer = (request) => {
      request.resume();
      isHeld = request.url?.includes(id) === true;
    };
    const told = { ENDPOINT_NETWORKS: '127.0.0.0/8' };
    const dying = spawnWorker(house, { leaseSeconds: 1, told });
    await waitFor(() => isHeld, { what: 'the package to be on its way', timeoutMs: 60_000 });
    await dying.kill();
    expect(arrived(id)).toBeUndefined();
    inbox.answer = undefined;
    const worker = spawnWorker(house, { leaseSeconds: 1, told });
    try {
      const { manifestSha256 } = await sentBy(house, bank, id);
      expect(manifestIn(arrived(id)!)).toBe(manifestSha256);
    } finally {
      await worker.kill();
    }
    expect(await eventsOf(id, 'transfer.sent')).toHaveLength(1);
    expect(await eventsOf(id, 'package.sealed')).toHaveLength(1);
    expect([...inbox.items.keys()].filter((path) => path.includes(id))).toHaveLength(1);
    await house.startWorker();
  });

  it('is left for download when its endpoint was revoked before it was brought', async () => {
    await house.stopWorker();
    const own = await (async () => {
      await house.startWorker();
      const proved = await provedInbox(bank, inbox);
      await house.stopWorker();
      return proved;
    })();
    const id = await ordered({ endpointId: own });
    await bank.post(`/v1/endpoints/${own}/revoke`, {}).expect(200);
    await house.startWorker();
    await sentBy(house, bank, id);
    expect(await transferOf(id)).toMatchObject({ by: 'DOWNLOAD' });
    expect(arrived(id)).toBeUndefined();
    const refused = await bank
      .post('/v1/instructions', aReturn(await aPerson(), { return: { endpointId: own } }))
      .expect(409);
    expect(refused.body).toMatchObject({ code: 'ENDPOINT_REVOKED' });
  });

  it('R-55: is refused for an endpoint that nobody proved, and for that of another tenant', async () => {
    const place = { https: { url: 'https://in.business.example/in' } };
    const unproved = idOf(await bank.post('/v1/endpoints', { name: 'unproved', place }).expect(201));
    const order = aReturn(await aPerson(), { return: { endpointId: unproved } });
    expect((await bank.post('/v1/instructions', order).expect(409)).body).toMatchObject({
      code: 'ENDPOINT_NOT_PROVED',
    });
    const market = await house.onboard('Market');
    const foreign = aReturn({ externalId: 'x' }, { return: { endpointId } });
    expect((await market.post('/v1/instructions', foreign).expect(404)).body).toMatchObject({
      code: 'ENDPOINT_NOT_FOUND',
    });
  });

  const whereHad = existsSync(AGE) ? it : it.skip;
  whereHad(
    'R-51: leaves encrypted to the recipient that the order names, to the endpoint and by download',
    async () => {
      const directory = tempDirectory('sent');
      const identity = join(directory, 'key.txt');
      execFileSync('age-keygen', ['-o', identity], { stdio: 'ignore' });
      const [, encryptTo = ''] = /public key: (age1\S+)/.exec(readFileSync(identity, 'utf8')) ?? [];
      const opened = (bytes: Buffer): Buffer => {
        const path = join(directory, 'package.zip.age');
        writeFileSync(path, bytes);
        return execFileSync(AGE, ['-d', '-i', identity, path], { maxBuffer: 64 * 1024 * 1024 });
      };
      const returned = await ordered({ endpointId, encryptTo });
      const { manifestSha256 } = await sentBy(house, bank, returned);
      expect(arrived(returned)).toBeUndefined();
      expect(manifestIn(opened(arrived(returned, '.age')!))).toBe(manifestSha256);

      const asked = { audience: 'BUSINESS', encryptTo };
      const order = anExport(await aPerson(), asked);
      const exported = idOf(await bank.post('/v1/instructions', order).expect(202));
      expect((await house.ended(bank, exported)).state).toBe('COMPLETED');
      const answer = await wire.get(`/v1/instructions/${exported}/package`, { range: 'bytes=0-9' });
      expect([answer.status, answer.headers['content-type'], answer.headers['accept-ranges']]).toEqual([
        200,
        'application/octet-stream',
        'none',
      ]);
      const view = (await bank.get(`/v1/instructions/${exported}`).expect(200)).body as {
        package: { manifestSha256: string };
      };
      expect(manifestIn(opened(answer.bytes))).toBe(view.package.manifestSha256);
    },
  );

  it.each([
    ['of another type', { type: 'DELETE', return: { encryptTo: RECIPIENT } }, 422, 'SCOPE_INVALID'],
    [
      'encrypted to nobody',
      { return: { encryptTo: `${RECIPIENT.slice(0, -1)}q` } },
      400,
      'VALIDATION_FAILED',
    ],
  ])('is refused %s', async (_, changes, status, code) => {
    const answer = await bank.post('/v1/instructions', aReturn(await aPerson(), changes)).expect(status);
    expect(answer.body).toMatchObject({ code });
  });
});
