import { existsSync, readdirSync } from 'node:fs';
import { waitFor } from '@personr/testkit';
import { clientsOf } from './api-clients.spec-helper.js';
import { anAdmission, idOf } from './bodies.js';
import { DocumentWire, jsonOf, saidOn } from './document-wire.js';
import { type House, startHouse, type TestTenant } from './house.js';

const MIB = 1024 * 1024;
const PATIENCE_MS = 200;

describe('the door of documents', () => {
  let house: House;
  let bank: TestTenant;
  let wire: DocumentWire;
  let subjectId: string;

  beforeAll(async () => {
    const bodyDeadlines = {
      wholeMilliseconds: 30_000,
      unreadMilliseconds: 100,
      pace: { idleMilliseconds: PATIENCE_MS },
    };
    house = await startHouse({ worker: false, bodyDeadlines });
    bank = await house.onboard('Bank');
    wire = await DocumentWire.open(house, bank);
    subjectId = idOf(await bank.post('/v1/subjects', anAdmission('cust-1')).expect(201));
  });

  afterAll(() => house.stop());

  const expectNothingKept = async () => {
    const directory = `${house.objectDirectory}/${bank.tenantId}/${subjectId}`;
    const uploads = async () => (await house.owner.query('select 1 from document_upload')).rows.length;
    await waitFor(
      async () => (!existsSync(directory) || readdirSync(directory).length === 0) && (await uploads()) === 0,
      { what: 'what an upload left to be removed' },
    );
    const page = await bank.get(`/v1/subjects/${subjectId}/documents`).expect(200);
    expect((page.body as { items: unknown[] }).items).toEqual([]);
  };

  it.each([
    ['before its first byte', 0],
    ['in its first chunk', 1000],
    ['while its first chunk is put', 4 * MIB + 1000],
    ['two chunks on', 9 * MIB],
  ])('refuses an upload that stands still %s, and keeps nothing of it', async (_, sent) => {
    const socket = wire.begin(wire.path(subjectId), { 'content-length': String(12 * MIB) });
    socket.write(Buffer.alloc(sent));
    expect(await saidOn(socket)).toMatch(/^HTTP\/1\.1 408 [\s\S]*BODY_STALLED/);
    await expectNothingKept();
  });

  it('takes one that is slow, but never stands still', async () => {
    const socket = wire.begin(wire.path(subjectId), { 'content-length': '8', connection: 'close' });
    const said = saidOn(socket);
    for (let at = 0; at < 8; at += 1) {
      socket.write('x');
      await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS / 4));
    }
    expect(await said).toMatch(/^HTTP\/1\.1 201 /);
  });

  it('opens to the scope of each route, and to no other', async () => {
    const kept = await wire.post(wire.path(subjectId), Buffer.from('a picture'));
    const one = `${String(kept.headers.location)}?purpose=IDENTITY_VERIFICATION`;
    const tried = async (scopes: string[]) => {
      const clients = clientsOf(house, bank);
      const token = await clients.tokenBySecret(await clients.create({ scopes }));
      const theirs = await DocumentWire.open(house, { ...bank, token });
      const list = `/v1/subjects/${subjectId}/documents`;
      const answers = [
        await theirs.post(wire.path(subjectId), Buffer.from('another')),
        await theirs.get(one),
        await theirs.get(list),
      ];
      return answers.map((answer) => (answer.status < 300 ? answer.status : jsonOf(answer).code));
    };
    const missing = 'SCOPE_MISSING';
    expect(await tried(['subjects:write'])).toEqual([201, missing, missing]);
    expect(await tried(['values:read'])).toEqual([missing, 200, missing]);
    expect(await tried(['subjects:read'])).toEqual([missing, missing, 200]);
  });
});
