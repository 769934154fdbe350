import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { newId } from '@personr/kernel';
import { waitFor } from '@personr/testkit';
import { anAdmission, idOf } from './bodies.js';
import { damage } from './damage-object.js';
import { aboutDocument, digestOf, DocumentWire, jsonOf, saidOn } from './document-wire.js';
import { type House, startHouse, type TestTenant } from './house.js';

const MIB = 1024 * 1024;
const PURPOSE = 'purpose=IDENTITY_VERIFICATION';

/** Larger than one sealed chunk, and no whole number of them. */
const LARGE = randomBytes(5 * MIB + 12_345);

describe('a document', () => {
  let house: House;
  let bank: TestTenant;
  let market: TestTenant;
  let wire: DocumentWire;
  let subjectId: string;
  let people = 0;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    market = await house.onboard('Market');
    wire = await DocumentWire.open(house, bank);
  });

  beforeEach(async () => {
    people += 1;
    subjectId = idOf(await bank.post('/v1/subjects', anAdmission(`cust-${people}`)).expect(201));
  });

  afterAll(() => house.stop());

  const add = async (bytes: Uint8Array, type = 'image/png', query = aboutDocument()): Promise<string> => {
    const answer = await wire.post(wire.path(subjectId, query), bytes, { 'content-type': type });
    expect([answer.status, answer.bytes.toString()]).toEqual([201, expect.any(String)]);
    return jsonOf(answer).id as string;
  };
  const one = (id: string, of = subjectId) => `/v1/subjects/${of}/documents/${id}?${PURPOSE}`;
  const read = (id: string, headers = {}) => wire.get(one(id), headers);
  const listed = async () =>
    ((await bank.get(`/v1/subjects/${subjectId}/documents`).expect(200)).body as { items: unknown[] }).items;

  /** Files of this tenant's subject in the object store, finished or not. */
  const filesHeld = (): string[] => {
    const directory = `${house.objectDirectory}/${bank.tenantId}/${subjectId}`;
    return existsSync(directory) ? readdirSync(directory) : [];
  };
  const uploads = async (): Promise<number> => {
    const { rows } = await house.owner.query('select 1 from document_upload');
    return rows.length;
  };
  const expectNothingKept = async () => {
    await waitFor(async () => filesHeld().length === 0 && (await uploads()) === 0, {
      what: 'what an upload left to be removed',
    });
    expect(await listed()).toEqual([]);
  };

  describe('that is sent', () => {
    it.each([
      ['image/png', 'image/png'],
      ['application/json', 'application/json'],
      ['application/json; charset=utf-8', 'application/json; charset=utf-8'],
      ['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded'],
      ['multipart/form-data; boundary=x', 'multipart/form-data'],
      ['application/x-ndjson', 'application/x-ndjson'],
      ['text/plain', 'text/plain'],
      ['text/html; charset=utf-8', 'text/html; charset=utf-8'],
      ['video/mp4', 'video/mp4'],
      ['application/pdf; name="ada.pdf"', 'application/pdf'],
    ])('as %s comes back byte for byte', async (sent, kept) => {
      const answer = await wire.post(wire.path(subjectId), LARGE, { 'content-type': sent });
      expect(answer.status).toBe(201);
      const taken = jsonOf(answer);
      expect(taken).toEqual({
        id: expect.any(String) as string,
        element: 'SELFIE',
        categories: ['H'],
        contentType: kept,
        sizeBytes: LARGE.length,
        sha256: createHash('sha256').update(LARGE).digest('hex'),
      });
      const { status, headers, bytes } = await wire.get(`${String(answer.headers.location)}?${PURPOSE}`);
      expect(status).toBe(200);
      expect(bytes.equals(LARGE)).toBe(true);
      expect(headers).toMatchObject({
        'content-type': kept,
        'content-length': String(LARGE.length),
        'content-disposition': 'attachment',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'accept-ranges': 'bytes',
        'repr-digest': digestOf(LARGE),
      });
    });

    it('in chunks, without a length and without a type, comes back too', async () => {
      const pieces = [randomBytes(10), randomBytes(4 * MIB), randomBytes(1), randomBytes(3 * MIB)];
      const answer = await wire.post(wire.path(subjectId), pieces);
      expect(answer.status).toBe(201);
      const { headers, bytes } = await read(jsonOf(answer).id as string);
      expect(bytes.equals(Buffer.concat(pieces))).toBe(true);
      expect(headers['content-type']).toBe('application/octet-stream');
    });

    it.each([1, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 8 * MIB])('of %i bytes comes back', async (size) => {
      const bytes = randomBytes(size);
      expect((await read(await add(bytes))).bytes.equals(bytes)).toBe(true);
    });

    it('of nothing is refused, with a length and without', async () => {
      for (const body of [Buffer.alloc(0), []]) {
        const answer = await wire.post(wire.path(subjectId), body, { 'content-type': 'application/json' });
        expect([answer.status, jsonOf(answer).code]).toEqual([422, 'DOCUMENT_EMPTY']);
      }
      await expectNothingKept();
    });

    it('with its digest is kept, and with another is refused and leaves nothing', async () => {
      const good = await wire.post(wire.path(subjectId), LARGE, { 'content-digest': digestOf(LARGE) });
      expect(good.status).toBe(201);
      const [wrong, cut] = [digestOf(Buffer.from('another')), LARGE.subarray(0, -1)];
      for (const [body, digest, status, code] of [
        [LARGE, wrong, 422, 'DIGEST_MISMATCH'],
        [cut, digestOf(LARGE), 422, 'DIGEST_MISMATCH'],
        [LARGE, 'md5=:AAAA:', 400, 'VALIDATION_FAILED'],
        [LARGE, 'nonsense', 400, 'VALIDATION_FAILED'],
      ] as const) {
        const answer = await wire.post(wire.path(subjectId), body, { 'content-digest': digest });
        expect([answer.status, jsonOf(answer).code]).toEqual([status, code]);
      }
      expect(filesHeld()).toHaveLength(1);
      expect(await uploads()).toBe(0);
    });

    it.each([
      ['before its first byte', 0],
      ['in its first chunk', 1000],
      ['in its second chunk', 4 * MIB + 1000],
    ])('and breaks off %s leaves nothing', async (_, sent) => {
      const socket = wire.begin(wire.path(subjectId), { 'content-length': String(LARGE.length) });
      await new Promise((resolve) => socket.write(LARGE.subarray(0, sent), resolve));
      await waitFor(async () => (await uploads()) === 1, { what: 'the upload to begin' });
      socket.destroy();
      await expectNothingKept();
    });

    it('shorter than it says, and then silent on an open connection, is not a document', async () => {
      const socket = wire.begin(wire.path(subjectId), { 'content-length': '1000', connection: 'close' });
      socket.end(randomBytes(999));
      expect(await saidOn(socket)).not.toContain(' 201 ');
      await expectNothingKept();
    });

    it('longer than it says is refused, and leaves nothing', async () => {
      const socket = wire.begin(wire.path(subjectId), { 'content-length': '5' });
      socket.write('hello world, which goes on');
      expect(await saidOn(socket)).toMatch(/^HTTP\/1\.1 400 /);
      await expectNothingKept();
    });

    it('in chunks that are malformed is refused, and leaves nothing', async () => {
      const socket = wire.begin(wire.path(subjectId), { 'transfer-encoding': 'chunked' });
      socket.write('5\r\nhello\r\nnonsense\r\n');
      expect(await saidOn(socket)).toMatch(/^HTTP\/1\.1 400 /);
      await expectNothingKept();
    });

    it('larger than 5 GiB is refused before a byte of it is read', async () => {
      const socket = wire.begin(wire.path(subjectId), { 'content-length': String(5 * 1024 ** 3 + 1) });
      const said = new Promise<string>((resolve) =>
        socket.once('data', (bytes: Buffer) => {
          resolve(bytes.toString());
        }),
      );
      expect(await said).toMatch(/^HTTP\/1\.1 413 [\s\S]*BODY_TOO_LARGE/);
      socket.destroy();
      await expectNothingKept();
    });

    it.each([
      ['an unknown element', { element: 'SHOE_SIZE' }, 422, 'ELEMENT_UNKNOWN'],
      ['R-14: an element of category G', { element: 'GEOLOCATION' }, 422, 'CATEGORY_NOT_IN_NOTICE'],
      ['R-14: an unknown purpose', { purpose: 'CURIOSITY' }, 422, 'PURPOSE_NOT_IN_NOTICE'],
      ['R-14: a purpose not to collect for', { purpose: 'LEGAL_OBLIGATION' }, 422, 'PURPOSE_NOT_IN_NOTICE'],
      ['an unknown source', { source: 'HEARSAY' }, 400, 'VALIDATION_FAILED'],
      ['a day that does not exist', { collectedAt: '2026-02-30T00:00:00Z' }, 400, 'VALIDATION_FAILED'],
      ['a file name', { fileName: 'ada.png' }, 400, 'UNKNOWN_MEMBER'],
    ])('with %s is refused', async (_, changes, status, code) => {
      const answer = await wire.post(wire.path(subjectId, aboutDocument(changes)), LARGE);
      expect([answer.status, jsonOf(answer).code]).toEqual([status, code]);
      await expectNothingKept();
    });

    it('compressed for the way, or of a type that is none, is refused', async () => {
      const gzip = await wire.post(wire.path(subjectId), LARGE, { 'content-encoding': 'gzip' });
      expect([gzip.status, jsonOf(gzip).code]).toEqual([415, 'CONTENT_TYPE_UNSUPPORTED']);
      const none = await wire.post(wire.path(subjectId), LARGE, { 'content-type': 'ada/invented' });
      expect([none.status, jsonOf(none).code]).toEqual([400, 'VALIDATION_FAILED']);
      await expectNothingKept();
    });

    it('leaves other routes their parsers: JSON where JSON is due, and nothing opaque anywhere', async () => {
      const lookup = '/v1/subjects/lookup';
      for (const type of ['image/png', 'application/vnd.personr.opaque']) {
        const answer = await wire.post(lookup, Buffer.from('{"externalId":"cust-1"}'), {
          'content-type': type,
        });
        expect([answer.status, jsonOf(answer).code]).toEqual([415, 'CONTENT_TYPE_UNSUPPORTED']);
      }
    });
  });

  describe('sent again', () => {
    const headers = (key: string, bytes = LARGE) => ({
      'content-type': 'image/png',
      'idempotency-key': key,
      'content-digest': digestOf(bytes),
    });

    it('under its key is one document and one answer, alone or many at once', async () => {
      const send = () => wire.post(wire.path(subjectId), LARGE, headers(`same-${people}`));
      const [first, second] = [await send(), await send()];
      expect([first.status, second.status]).toEqual([201, 201]);
      expect(second.bytes.toString()).toBe(first.bytes.toString());
      const replayed = [first, second].map((answer) => answer.headers['idempotency-replayed']);
      expect(replayed).toEqual([undefined, 'true']);
      for (const answer of await Promise.all([send(), send(), send()])) {
        if (answer.status === 409) expect(jsonOf(answer).code).toBe('IDEMPOTENCY_IN_PROGRESS');
        else expect(answer.bytes.toString()).toBe(first.bytes.toString());
      }
      expect(await listed()).toHaveLength(1);
      expect(filesHeld()).toHaveLength(1);
      expect(await uploads()).toBe(0);
    });

    it('many at once under a new key is one document all the same', async () => {
      const send = () => wire.post(wire.path(subjectId), LARGE, headers(`race-${people}`));
      const answers = await Promise.all([send(), send(), send()]);
      for (const { status } of answers) expect([201, 409]).toContain(status);
      expect(await listed()).toHaveLength(1);
      expect(filesHeld()).toHaveLength(1);
    });

    it('under its key as another document is refused, and a key needs a digest', async () => {
      const key = `other-${people}`;
      expect((await wire.post(wire.path(subjectId), LARGE, headers(key))).status).toBe(201);
      const other = randomBytes(100);
      for (const [query, bytes] of [
        [aboutDocument(), other],
        [aboutDocument({ element: 'SIGNATURE' }), LARGE],
      ] as const) {
        const answer = await wire.post(wire.path(subjectId, query), bytes, headers(key, Buffer.from(bytes)));
        expect([answer.status, jsonOf(answer).code]).toEqual([409, 'IDEMPOTENCY_CONFLICT']);
      }
      const bare = await wire.post(wire.path(subjectId), LARGE, { 'idempotency-key': key });
      expect([bare.status, jsonOf(bare).code]).toEqual([400, 'DIGEST_REQUIRED']);
    });

    it('after it broke off is taken whole', async () => {
      const broken = wire.begin(wire.path(subjectId), {
        ...headers(`broken-${people}`),
        'content-length': String(LARGE.length),
      });
      await new Promise((resolve) => broken.write(LARGE.subarray(0, 5 * MIB), resolve));
      await waitFor(async () => (await uploads()) === 1, { what: 'the upload to begin' });
      broken.destroy();
      const answer = await wire.post(wire.path(subjectId), LARGE, headers(`broken-${people}`));
      expect(answer.status).toBe(201);
      expect((await read(jsonOf(answer).id as string)).bytes.equals(LARGE)).toBe(true);
    });
  });

  describe('that is read', () => {
    it('in part opens to that part: 206 and Content-Range', async () => {
      const id = await add(LARGE);
      const size = LARGE.length;
      for (const [range, start, end] of [
        ['bytes=0-0', 0, 0],
        ['bytes=100-199', 100, 199],
        [`bytes=${4 * MIB - 2}-${4 * MIB + 1}`, 4 * MIB - 2, 4 * MIB + 1],
        [`bytes=${5 * MIB}-`, 5 * MIB, size - 1],
        ['bytes=-7', size - 7, size - 1],
        [`bytes=1-${size * 2}`, 1, size - 1],
      ] as const) {
        const { status, headers, bytes } = await read(id, { range });
        expect(status).toBe(206);
        expect(headers['content-range']).toBe(`bytes ${start}-${end}/${size}`);
        expect(bytes.equals(LARGE.subarray(start, end + 1))).toBe(true);
      }
    });

    it('beyond its end is 416, and by several ranges or a malformed one is whole', async () => {
      const id = await add(LARGE);
      const beyond = await read(id, { range: `bytes=${LARGE.length}-` });
      expect([beyond.status, jsonOf(beyond).code]).toEqual([416, 'RANGE_NOT_SATISFIABLE']);
      expect(beyond.headers['content-range']).toBe(`bytes */${LARGE.length}`);
      for (const range of ['bytes=0-1,5-6', 'pages=1-2', 'bytes=']) {
        expect((await read(id, { range })).bytes.equals(LARGE)).toBe(true);
      }
    });

    it('in part only while it is the edition that If-Range names', async () => {
      const id = await add(LARGE);
      const etag = (await read(id, { range: 'bytes=0-0' })).headers.etag ?? '';
      const range = 'bytes=0-9';
      expect((await read(id, { range, 'if-range': etag })).status).toBe(206);
      expect((await read(id, { range, 'if-range': '"another"' })).status).toBe(200);
    });

    it('R-08: is read for a purpose that is permitted, and each reading is in the log', async () => {
      const id = await add(LARGE);
      const at = `/v1/subjects/${subjectId}/documents/${id}`;
      const never = await wire.get(`${at}?purpose=WEBSITE_ADVERTISING`);
      expect([never.status, jsonOf(never).code]).toEqual([403, 'PURPOSE_NOT_PERMITTED']);
      expect((await wire.get(at)).status).toBe(400);
      const count = async (): Promise<number> => {
        const { rows } = await house.owner.query<{ entry: Buffer }>(
          `select entry from audit_outbox where tenant_id = $1
           union all select entry from log_entry where tenant_id = $1`,
          [bank.tenantId],
        );
        const entries = rows.map(
          ({ entry }) => JSON.parse(entry.toString()) as { event: string; detail?: { documentId?: string } },
        );
        return entries.filter(({ event, detail }) => event === 'document.read' && detail?.documentId === id)
          .length;
      };
      expect(await count()).toBe(0);
      await read(id);
      await read(id, { range: 'bytes=0-1' });
      expect(await count()).toBe(2);
    });

    it('is read by nobody without a token', async () => {
      const id = await add(LARGE);
      expect((await house.http.get(one(id))).status).toBe(401);
    });

    it.each([
      ['a bit of it is flipped', 'flip'],
      ['its end is cut off', 'cut'],
      ['its last chunk is cut off', 'chunk'],
      ['it is gone', 'gone'],
      ['it is another document of the same person', 'swap'],
    ])('does not open when %s', async (_, how) => {
      const id = await add(LARGE);
      const other = await add(randomBytes(LARGE.length));
      damage(`${house.objectDirectory}/${bank.tenantId}/${subjectId}`, { id, other, how });
      const answer = await read(id).catch(() => 'broken off' as const);
      // What is found at once is refused; what is found on the way ends the connection before the end of the body.
      if (answer === 'broken off') return;
      expect(answer.status).toBe(500);
      expect(['SEAL_BROKEN', 'OBJECT_MISSING']).toContain(jsonOf(answer).code);
    });
  });

  describe('R-01: of another tenant', () => {
    it('is answered as one that does not exist, whatever is asked of it', async () => {
      const id = await add(LARGE);
      const theirs = await DocumentWire.open(house, market);
      const gist = ({ status, bytes }: { status: number; bytes: Buffer }) => ({
        status,
        ...(JSON.parse(bytes.toString()) as object),
        instance: 'new',
      });
      const nobody = newId(house.clock.now());
      const unknown = gist(await theirs.get(one(id, nobody)));
      expect(unknown).toMatchObject({ status: 404, code: 'SUBJECT_NOT_FOUND' });
      expect(gist(await theirs.get(one(id)))).toEqual(unknown);
      expect(gist(await theirs.get(one(id).replace(/\/[^/]*$/, '')))).toEqual(unknown);
      expect(gist(await theirs.post(theirs.path(subjectId), LARGE))).toEqual(unknown);
      expect((await read(newId(house.clock.now()))).status).toBe(404);
    });
  });

  it('is listed without being opened, newest first, and counted in the inventory', async () => {
    const ids: string[] = [];
    for (const element of ['SELFIE', 'SELFIE', 'SIGNATURE']) {
      house.clock.advance(1);
      ids.unshift(await add(Buffer.from('x'), 'image/png', aboutDocument({ element })));
    }
    const first = (await bank.get(`/v1/subjects/${subjectId}/documents?limit=2`).expect(200)).body as {
      items: { id: string }[];
      nextCursor: string;
    };
    const rest = (
      await bank.get(`/v1/subjects/${subjectId}/documents?limit=2&cursor=${first.nextCursor}`).expect(200)
    ).body as typeof first;
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
    expect(rest.nextCursor).toBeNull();
    expect(rest.items[0]).toEqual({
      id: ids[2],
      element: 'SELFIE',
      categories: ['H'],
      contentType: 'image/png',
      sizeBytes: 1,
      source: 'CLIENT_OR_AGENT',
      purpose: 'IDENTITY_VERIFICATION',
      consentId: null,
      collectedAt: '2026-11-20T10:00:00.000Z',
      createdAt: expect.any(String) as string,
    });
    const shown = await bank.get(`/v1/subjects/${subjectId}`).expect(200);
    const lines = (shown.body as { elements: { element: string; count: number }[] }).elements;
    const counted = lines.map(({ element, count }) => [element, count]);
    expect(counted).toEqual(
      expect.arrayContaining([
        ['SELFIE', 2],
        ['SIGNATURE', 1],
      ]),
    );
  });
});
