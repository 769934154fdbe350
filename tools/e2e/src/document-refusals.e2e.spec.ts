import { once } from 'node:events';
import { type Socket } from 'node:net';
import { waitFor } from '@personr/testkit';
import { clientsOf } from './api-clients.spec-helper.js';
import { anAdmission, idOf } from './bodies.js';
import { aboutDocument, digestOf, DocumentWire, saidOn } from './document-wire.js';
import { type House, startHouse, type TestTenant } from './house.js';

const MIB = 1024 * 1024;
const LONG = { 'content-length': String(64 * MIB) };
const NOBODY = '01934d2e-0000-7000-8000-000000000001';

describe('an upload that is not taken', () => {
  let house: House;
  let bank: TestTenant;
  let wire: DocumentWire;
  let subjectId: string;

  beforeAll(async () => {
    house = await startHouse({
      worker: false,
      uploads: { perCredential: 1, perTenant: 2, perProcess: 3 },
      bodyDeadlines: {
        wholeMilliseconds: 30_000,
        unreadMilliseconds: 10_000,
        pace: { leastBytes: 1000, windowMilliseconds: 100 },
      },
    });
    bank = await house.onboard('Bank');
    wire = await DocumentWire.open(house, bank);
    subjectId = idOf(await bank.post('/v1/subjects', anAdmission('cust-1')).expect(201));
  });

  afterAll(() => house.stop());

  const asAnother = async (scopes: string[], of = bank): Promise<DocumentWire> => {
    const clients = clientsOf(house, of);
    const token = await clients.tokenBySecret(await clients.create({ scopes }));
    return DocumentWire.open(house, { ...of, token });
  };

  /** An upload that has its place, and is asked for its body. */
  const underWay = async (through: DocumentWire, of = subjectId): Promise<Socket> => {
    const socket = through.begin(through.path(of), { ...LONG, expect: '100-continue' });
    const [said] = (await once(socket, 'data')) as [Buffer];
    expect(said.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    return socket;
  };

  const beErased = (id: string | null) =>
    house.owner.query('update subject set erasing_by = $1 where id = $2', [id, subjectId]);

  const earlier = { 'idempotency-key': 'key-1', 'content-digest': digestOf(Buffer.from('a picture')) };

  const refusals: [string, string, (path: string) => string, Record<string, string>][] = [
    ['without a token that is ours', '401 CREDENTIAL_INVALID', (path) => path, { authorization: 'Bearer x' }],
    ['for a person nobody knows', '404 SUBJECT_NOT_FOUND', (path) => path.replace(subjectId, NOBODY), {}],
    ['under no id', '400 ID_MALFORMED', (path) => path.replace(subjectId, 'x'), {}],
    ['under no element', '422 ELEMENT_UNKNOWN', (path) => path.replace('SELFIE', 'UNKNOWN'), {}],
    ['without a purpose', '400 VALIDATION_FAILED', (path) => path.replace(/purpose=[A-Z_]+/, ''), {}],
    ['that is compressed', '415 CONTENT_TYPE_UNSUPPORTED', (path) => path, { 'content-encoding': 'gzip' }],
    ['of no media type', '400 VALIDATION_FAILED', (path) => path, { 'content-type': 'nonsense' }],
    ['that is too large', '413 BODY_TOO_LARGE', (path) => path, { 'content-length': String(6 * 1024 * MIB) }],
    ['with a key alone', '400 DIGEST_REQUIRED', (path) => path, { 'idempotency-key': 'key-2' }],
    [
      'with a key of another',
      '409 IDEMPOTENCY_CONFLICT',
      (path) => path,
      { ...earlier, 'content-type': 'image/jpeg' },
    ],
    ['under no consent', '404 CONSENT_NOT_FOUND', (path) => `${path}&consentId=${NOBODY}`, {}],
  ];

  const codeOf = (said: string): string =>
    `${/^HTTP\/1\.1 (\d+) /.exec(said)?.[1] ?? ''} ${/"code":"([A-Z_]+)"/.exec(said)?.[1] ?? said}`;

  it.each(refusals)('%s is refused before it is asked for: %s', async (_, refusal, change, headers) => {
    await wire.post(wire.path(subjectId), Buffer.from('a picture'), earlier);
    const path = change(wire.path(subjectId, aboutDocument()));
    const socket = wire.begin(path, { ...LONG, ...headers, expect: '100-continue' });
    const said = await saidOn(socket);
    expect(codeOf(said)).toBe(refusal);
    expect(said.toLowerCase()).toContain('connection: close');
  });

  it('by who may not is refused before it is asked for', async () => {
    const reader = await asAnother(['subjects:read']);
    const socket = reader.begin(reader.path(subjectId), { ...LONG, expect: '100-continue' });
    expect(codeOf(await saidOn(socket))).toBe('403 SCOPE_MISSING');
  });

  it('while its person is being erased is refused before it is asked for', async () => {
    await beErased(NOBODY);
    const socket = wire.begin(wire.path(subjectId), { ...LONG, expect: '100-continue' });
    expect(codeOf(await saidOn(socket))).toBe('409 SUBJECT_BEING_ERASED');
    await beErased(null);
  });

  it('is answered whole to a sender that reads nothing before it has sent all, and the connection is not broken off', async () => {
    const socket = wire.begin(wire.path(NOBODY), LONG);
    // Whoever is broken off meanwhile has an error instead.
    for (let sent = 0; sent < 60; sent += 1) {
      if (!socket.write(Buffer.alloc(MIB))) await once(socket, 'drain');
    }
    expect(codeOf(await saidOn(socket))).toBe('404 SUBJECT_NOT_FOUND');
  });

  it('is asked for its body when it will be taken, and then taken', async () => {
    const socket = wire.begin(wire.path(subjectId), {
      'content-length': '5',
      expect: '100-continue',
      connection: 'close',
    });
    await once(socket, 'data');
    socket.write('bytes');
    expect(await saidOn(socket)).toMatch(/^HTTP\/1\.1 201 /);
  });

  it('is refused beyond the share of a credential and of a tenant, and when the process is full', async () => {
    const mine = await underWay(wire);
    const refused = async (through: DocumentWire, of = subjectId) =>
      saidOn(through.begin(through.path(of), { ...LONG, expect: '100-continue' }));
    const mineAgain = await refused(wire);
    expect(codeOf(mineAgain)).toBe('429 UPLOADS_FULL');
    expect(mineAgain).toMatch(/^retry-after: \d+\r$/im);

    const colleagues = await underWay(await asAnother(['subjects:write']));
    expect(codeOf(await refused(await asAnother(['subjects:write'])))).toBe('429 UPLOADS_FULL');

    const shop = await house.onboard('Shop');
    const theirs = idOf(await shop.post('/v1/subjects', anAdmission('cust-1')).expect(201));
    const shops = await underWay(await DocumentWire.open(house, shop), theirs);
    const full = await refused(await asAnother(['subjects:write'], shop), theirs);
    expect(codeOf(full)).toBe('503 SERVICE_UNAVAILABLE');
    expect(full).toMatch(/^retry-after: \d+\r$/im);

    // However an upload ends, its place is free again.
    for (const socket of [mine, colleagues, shops]) socket.destroy();
    await waitFor(
      async () => (await wire.post(wire.path(subjectId), Buffer.from('another'))).status === 201,
      { what: 'a place to be free' },
    );
  });

  it('that comes by a byte now and then is ended: 408 BODY_STALLED', async () => {
    const socket = wire.begin(wire.path(subjectId), LONG);
    const said = saidOn(socket);
    const trickle = setInterval(() => socket.write('x'), 10);
    expect(codeOf(await said)).toBe('408 BODY_STALLED');
    clearInterval(trickle);
    socket.destroy();
  });

  it('leaves nothing behind', async () => {
    const uploads = async () => (await house.owner.query('select 1 from document_upload')).rows.length === 0;
    await waitFor(uploads, { what: 'every upload to be ended' });
  });
});
