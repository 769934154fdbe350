import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { openNote, parseVkey, verifyReceipt } from '@personr/proof';
import { tempDirectory, waitFor } from '@personr/testkit';
import Ajv2020 from 'ajv/dist/2020.js';
import { aDelete, anAdmission, anExport, COLLECTED, idOf } from './bodies.js';
import { aboutDocument, DocumentWire, jsonOf } from './document-wire.js';
import { type House, startHouse, type TestTenant } from './house.js';

const FORBIDDEN = {
  SSN: '987-65-4329',
  DRIVERS_LICENSE_NUMBER: 'Y7654321',
  MRZ: 'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10',
  BANK_ACCOUNT_NUMBER: '000123456789',
} as const;
const PICTURE = Buffer.from(`a picture of a licence, ${FORBIDDEN.DRIVERS_LICENSE_NUMBER}, and a face`);

type Data = {
  records: { element: string; value: unknown }[];
  withheld: { element: string; why: string }[];
  documents: { path: string }[];
};

describe('an export, from the instruction to the package', () => {
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
    const externalId = `export-${people}`;
    const admission = anAdmission(externalId, 'Zoë <Invented> & Sons');
    const more = Object.entries(FORBIDDEN).map(([element, value]) => ({ element, value, ...COLLECTED }));
    const body = { ...admission, records: [...admission.records, ...more] };
    const id = idOf(await bank.post('/v1/subjects', body).expect(201));
    const path = wire.path(id, aboutDocument({ element: 'DOCUMENT_FACE_PICTURE' }));
    expect((await wire.post(path, PICTURE, { 'content-type': 'image/png' })).status).toBe(201);
    return { externalId, id };
  };
  const exported = async (externalId: string, asked: object): Promise<string> => {
    const accepted = await bank.post('/v1/instructions', anExport({ externalId }, asked)).expect(202);
    expect((await house.ended(bank, idOf(accepted))).state).toBe('COMPLETED');
    return idOf(accepted);
  };
  const packagePath = (id: string) => `/v1/instructions/${id}/package`;
  const taken = async (id: string): Promise<Buffer> => {
    const answer = await wire.get(packagePath(id));
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/zip']);
    return answer.bytes;
  };
  const unzipped = (bytes: Buffer, tool: 'unzip' | 'python3'): Map<string, Buffer> => {
    const directory = tempDirectory('exported');
    const [zip, out] = [join(directory, 'package.zip'), join(directory, 'out')];
    writeFileSync(zip, bytes);
    if (tool === 'unzip') execFileSync('unzip', ['-q', zip, '-d', out]);
    else execFileSync('python3', ['-m', 'zipfile', '-e', zip, out]);
    const found = readdirSync(out, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    return new Map(
      found.map(({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [relative(out, path), readFileSync(path)];
      }),
    );
  };
  const dataOf = (files: Map<string, Buffer>) => JSON.parse(files.get('data.json')!.toString()) as Data;

  it('R-43, R-44, R-50: gives the consumer no forbidden value in any byte, and the Business all of them', async () => {
    const { externalId } = await aPerson();
    const consumer = unzipped(await taken(await exported(externalId, {})), 'unzip');
    const businessId = await exported(externalId, { audience: 'BUSINESS' });
    const business = unzipped(await taken(businessId), 'python3');
    const everything = Buffer.concat([...consumer.values()]);
    for (const [element, value] of Object.entries(FORBIDDEN)) {
      expect([element, everything.includes(value)]).toEqual([element, false]);
      expect(dataOf(consumer).withheld).toContainEqual(expect.objectContaining({ element }));
      expect(dataOf(business).records).toContainEqual(expect.objectContaining({ element, value }));
    }
    expect(dataOf(consumer).documents).toEqual([]);
    const [picture] = dataOf(business).documents;
    expect(business.get(picture!.path)!.equals(PICTURE)).toBe(true);

    const schema = (await bank.get('/schemas/package-data-1.json').expect(200)).text;
    const validate = new Ajv2020.default({ validateFormats: false }).compile(JSON.parse(schema) as object);
    for (const files of [consumer, business]) {
      expect(validate(dataOf(files))).toBe(true);
      expect(files.get('index.html')!.toString()).toContain('Zoë &lt;Invented&gt; &amp; Sons');
      expect(files.get('index.es.html')!.toString()).toContain('<html lang="es">');
    }
    const seen = process.env.PERSONR_KEEP_PAGE;
    if (seen !== undefined)
      for (const [name, bytes] of consumer) writeFileSync(join(seen, name.replaceAll('/', '-')), bytes);

    const view = (await bank.get(`/v1/instructions/${businessId}`).expect(200)).body as {
      package: { manifestSha256: string; sizeBytes: number };
    };
    const manifest = createHash('sha256').update(business.get('manifest.json')!).digest('hex');
    expect(view.package.manifestSha256).toBe(manifest);
    const receipt = await bank.get(`/v1/instructions/${businessId}/receipt`).expect(200);
    const { body } = verifyReceipt(receipt.text, [bank.vkey]);
    expect(body).toMatchObject({
      type: 'EXPORT',
      outcome: 'COMPLETED',
      package: { manifestSha256: manifest },
    });
    const note = openNote(business.get('manifest.sig')!.toString(), [parseVkey(bank.vkey)]);
    expect(note.text).toContain(manifest);
  });

  it('R-51: is the same bytes each time, whole or in parts, only for who may take it, each time with an entry', async () => {
    const { externalId } = await aPerson();
    const id = await exported(externalId, { audience: 'BUSINESS' });
    const whole = await taken(id);
    expect((await taken(id)).equals(whole)).toBe(true);
    const head = await wire.get(packagePath(id), { range: 'bytes=0-99' });
    const tag = String(head.headers.etag);
    const rest = await wire.get(packagePath(id), { range: 'bytes=100-', 'if-range': tag });
    expect([head.status, rest.status]).toEqual([206, 206]);
    expect(Buffer.concat([head.bytes, rest.bytes]).equals(whole)).toBe(true);
    const beyond = await wire.get(packagePath(id), { range: `bytes=${whole.length}-` });
    expect([beyond.status, jsonOf(beyond).code]).toEqual([416, 'RANGE_NOT_SATISFIABLE']);
    await market.get(packagePath(id)).expect(404);
    const { rows } = await house.owner.query<{ entry: Buffer }>(
      `select entry from log_entry where instruction_id = $1 and event = 'package.downloaded'
       union all select entry from audit_outbox where tenant_id = $2 and convert_from(entry, 'UTF8') like '%package.downloaded%'
         and convert_from(entry, 'UTF8') like '%' || $1 || '%'`,
      [id, bank.tenantId],
    );
    expect(rows.length).toBe(4);
  });

  it('R-52: goes with its subject, and nothing of it rests in the clear', async () => {
    const { externalId, id } = await aPerson();
    const instructionId = await exported(externalId, { audience: 'BUSINESS' });
    const directory = join(house.objectDirectory, bank.tenantId, id);
    const resting = readdirSync(directory).map((name) => readFileSync(join(directory, name)));
    expect(resting).toHaveLength(2);
    for (const bytes of resting) expect(bytes.includes('index.html')).toBe(false);
    const erasure = await bank.post('/v1/instructions', aDelete({ id })).expect(202);
    expect((await house.ended(bank, idOf(erasure))).state).toBe('COMPLETED');
    const gone = await wire.get(packagePath(instructionId));
    expect([gone.status, jsonOf(gone).code]).toEqual([410, 'PACKAGE_EXPIRED']);
    expect(existsSync(directory)).toBe(false);
    const receipt = await bank.get(`/v1/instructions/${idOf(erasure)}/receipt`).expect(200);
    expect(verifyReceipt(receipt.text, [bank.vkey]).body.stores).toContainEqual({
      store: 'packages',
      erased: 1,
      remaining: 0,
    });
  });

  it('R-51: is gone by itself when its time is up', async () => {
    const { externalId, id } = await aPerson();
    const instructionId = await exported(externalId, {});
    await house.owner.query(
      `update package set expires_at = '2026-11-24T17:59:00Z', ends_at = '2026-11-24T17:59:00Z'
        where instruction_id = $1`,
      [instructionId],
    );
    const expired = await wire.get(packagePath(instructionId));
    expect([expired.status, jsonOf(expired).code]).toEqual([410, 'PACKAGE_EXPIRED']);
    const directory = join(house.objectDirectory, bank.tenantId, id);
    await waitFor(() => Promise.resolve(readdirSync(directory).length === 1), {
      what: 'the package to be cleared away',
    });
    const view = (await bank.get(`/v1/instructions/${instructionId}`).expect(200)).body as object;
    await waitFor(
      async () => {
        const { rows } = await house.owner.query(
          "select 1 from package where instruction_id = $1 and state = 'EXPIRED'",
          [instructionId],
        );
        return rows.length === 1;
      },
      { what: 'the package to be said to have expired' },
    );
    expect(view).toMatchObject({ package: { manifestSha256: expect.any(String) as unknown } });
  });

  it('R-33: of pieces for somebody not verified well enough gives categories, says so, and no value', async () => {
    const { externalId } = await aPerson();
    const { verification } = anExport({});
    const weak = { verification: { ...verification, level: 'REASONABLE', declaration: false } };
    const accepted = await bank.post('/v1/instructions', anExport({ externalId }, {}, weak)).expect(202);
    expect(accepted.body).toMatchObject({ flags: ['IDENTITY_NOT_VERIFIED'] });
    const id = idOf(accepted);
    expect((await house.ended(bank, id)).state).toBe('COMPLETED');
    const files = unzipped(await taken(id), 'unzip');
    expect(dataOf(files)).toMatchObject({
      content: 'CATEGORIES',
      notices: ['IDENTITY_NOT_VERIFIED'],
      records: [],
      documents: [],
    });
    for (const bytes of files.values()) expect(bytes.includes('Zoë')).toBe(false);
    expect(files.get('index.html')!.toString()).toContain('Your identity could not be verified');
    const { text } = await bank.get(`/v1/instructions/${id}/receipt`).expect(200);
    expect(verifyReceipt(text, [bank.vkey]).body).toMatchObject({
      answer: { nature: 'CATEGORIES_GIVEN_IDENTITY_NOT_VERIFIED' },
    });
  });

  it('R-49: is refused beyond two in twelve months, unless the Business waives that', async () => {
    const { externalId } = await aPerson();
    const send = (asked: object) => bank.post('/v1/instructions', anExport({ externalId }, asked));
    for (let time = 0; time < 2; time += 1) await send({}).expect(202);
    expect((await send({}).expect(409)).body).toMatchObject({ code: 'KNOW_LIMIT_REACHED' });
    await send({ waiver: { reason: 'EARLIER_NOT_RECEIVED' } }).expect(202);
    for (const waiver of [{}, { reason: 'because' }, 'GOODWILL', { reason: 'GOODWILL', text: 'x' }])
      await send({ waiver }).expect(400);
  });

  it('R-42: of somebody of whom nothing is held has no package, and a receipt that says so', async () => {
    const accepted = await bank
      .post('/v1/instructions', anExport({ externalId: 'nobody-at-all' }))
      .expect(202);
    expect((await house.ended(bank, idOf(accepted))).state).toBe('CLOSED_NO_DATA');
    const answer = await wire.get(packagePath(idOf(accepted)));
    expect([answer.status, jsonOf(answer).code]).toEqual([404, 'PACKAGE_NOT_FOUND']);
  });

  it.each([
    ['without what it is for', 422, 'AUDIENCE_REQUIRED', { export: undefined }],
    [
      'with a look-back of two kinds',
      400,
      'VALIDATION_FAILED',
      {
        export: { content: 'CATEGORIES', audience: 'CONSUMER', lookback: { all: true, from: '2024-01-01' } },
      },
    ],
    [
      'with a day that is none',
      400,
      'VALIDATION_FAILED',
      { export: { content: 'CATEGORIES', audience: 'CONSUMER', lookback: { from: '2024-02-31' } } },
    ],
    [
      'with another member',
      400,
      'UNKNOWN_MEMBER',
      { export: { content: 'CATEGORIES', audience: 'CONSUMER', to: 'me' } },
    ],
    ['of another type', 422, 'SCOPE_INVALID', { type: 'DELETE' }],
  ])('R-43: is refused %s', async (_, status, code, changes) => {
    const answer = await bank
      .post('/v1/instructions', anExport({ externalId: 'cust-x' }, {}, changes))
      .expect(status);
    expect((answer.body as { code: string }).code).toBe(code);
  });
});
