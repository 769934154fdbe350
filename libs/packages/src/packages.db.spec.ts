import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type SubjectId } from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { openNote, parseVkey } from '@personr/proof';
import { subjectPrefix } from '@personr/stores';
import { aNewRecord } from '@personr/subjects/testing';
import Ajv2020 from 'ajv/dist/2020.js';
import { DATA_SCHEMA } from './data-schema.js';
import { Bench, FORBIDDEN, NO_BEAT, unzipped } from './packages.spec-helper.js';
import {
  type Finding,
  type PackedFile,
  type RedactableDocument,
  type RedactedDocument,
  Redactor,
} from './redactor.js';

type Data = {
  records: { element: string; value: unknown }[];
  withheld: { element: string; why: string; count: number }[];
  documents: { path: string; element: string; sha256: string }[];
  categories: { category: string; elements: string[] }[];
};

const needles = [
  ...Object.values(FORBIDDEN).filter((value) => typeof value === 'string'),
  '987654329',
  '0.123456,0.654321',
];

describe('a package', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.open();
  });

  afterAll(() => bench.close());

  const addDocument = async (subjectId: SubjectId, element: ElementCode, content: string) => {
    const about = { source: 'CONSUMER_DIRECT', purpose: 'IDENTITY_VERIFICATION' } as const;
    const document = { subjectId, element, ...about, collectedAt: bench.clock.now(), mediaType: 'image/png' };
    const body = { bytes: Readable.from([Buffer.from(content)]), sizeBytes: null, sha256: null };
    await bench.subjects.addDocument.run(bench.bank, { document, body, identity: null });
  };
  const data = (files: Map<string, Buffer>): Data =>
    JSON.parse(files.get('data.json')!.toString('utf8')) as Data;
  const validate = new Ajv2020.default({ validateFormats: false }).compile(DATA_SCHEMA);

  it('R-43, R-44: for a consumer holds no forbidden value in any byte and names each kind; for the Business all', async () => {
    const person = await bench.aPerson();
    await addDocument(
      person,
      'DOCUMENT_FACE_PICTURE',
      `picture with ${FORBIDDEN.DRIVERS_LICENSE_NUMBER} in it`,
    );
    const consumer = unzipped(await bench.packed(await bench.order(person)));
    const business = unzipped(await bench.packed(await bench.order(person, { audience: 'BUSINESS' })));
    const all = (files: Map<string, Buffer>) => Buffer.concat([...files.values()]);
    for (const needle of needles) expect([needle, all(consumer).includes(needle)]).toEqual([needle, false]);
    for (const [element, value] of Object.entries(FORBIDDEN)) {
      expect(data(business).records).toContainEqual(expect.objectContaining({ element, value }));
      expect(data(consumer).withheld).toContainEqual(
        expect.objectContaining({ element, why: 'NEVER_DISCLOSED', count: 1 }),
      );
    }
    expect(data(consumer).withheld).toContainEqual(
      expect.objectContaining({ element: 'DOCUMENT_FACE_PICTURE', why: 'NOT_MASKED' }),
    );
    expect(data(consumer).documents).toEqual([]);
    expect(data(business).withheld).toEqual([]);
    const [picture] = data(business).documents;
    expect(business.get(picture!.path)!.toString()).toContain(FORBIDDEN.DRIVERS_LICENSE_NUMBER);
    const page = consumer.get('index.html')!.toString();
    expect(page).toContain('Social Security number');
    expect(consumer.get('index.es.html')!.toString()).toContain('Número de seguro social');
  });

  it('R-50: has data by its schema, a manifest of every file, and a signature of the log', async () => {
    const person = await bench.aPerson();
    const built = await bench.room().build.run(await bench.order(person, { audience: 'BUSINESS' }), NO_BEAT);
    await bench.release(built);
    const files = unzipped(await bench.taken(built.build.instructionId));
    expect(validate(data(files))).toBe(true);
    expect(JSON.parse(files.get('data.schema.json')!.toString())).toEqual(
      JSON.parse(JSON.stringify(DATA_SCHEMA)),
    );
    const text = files.get('manifest.json')!;
    const manifest = JSON.parse(text.toString()) as {
      salt: string;
      counts: object;
      files: { path: string; sha256: string; saltedSha256: string; sizeBytes: number }[];
    };
    const listed = manifest.files.map(({ path }) => path);
    expect([...listed, 'manifest.json', 'manifest.sig'].sort()).toEqual([...files.keys()].sort());
    for (const { path, sha256, saltedSha256, sizeBytes } of manifest.files) {
      const bytes = files.get(path)!;
      expect(bytes.length).toBe(sizeBytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
      const salted = createHash('sha256').update(Buffer.from(manifest.salt, 'hex')).update(bytes);
      expect(salted.digest('hex')).toBe(saltedSha256);
    }
    expect(manifest.counts).toEqual({ records: 9, documents: 0, consents: 0, withheld: 0 });
    expect(createHash('sha256').update(text).digest('hex')).toBe(built.manifestSha256);
    const vkey = bench.signer.vkey('personr.example/log/packages');
    const note = openNote(files.get('manifest.sig')!.toString(), [parseVkey(vkey)]);
    expect(note.text).toContain(built.manifestSha256);
  });

  it('is the same bytes when it is built again, whatever was left of the attempt before', async () => {
    const person = await bench.aPerson();
    await addDocument(person, 'SELFIE', 'a face');
    const order = await bench.order(person, { audience: 'BUSINESS' });
    const first = await bench.room().build.run(order, NO_BEAT);
    bench.clock.advance(1000);
    const second = await bench.room().build.run(order, NO_BEAT);
    expect(second.manifestSha256).toBe(first.manifestSha256);
    await bench.release(first);
    const bytes = await bench.taken(order.instructionId);
    await bench.within((tx) => tx.package.deleteMany({ where: { id: first.build.id } }));
    await bench.release(second);
    expect((await bench.taken(order.instructionId)).equals(bytes)).toBe(true);
  });

  it('R-42: by categories names what is held of this person, and no value', async () => {
    const person = await bench.aPerson();
    const files = unzipped(await bench.packed(await bench.order(person, { content: 'CATEGORIES' })));
    expect(data(files).records).toEqual([]);
    expect(data(files).categories.map(({ category }) => category)).toEqual(['A', 'B', 'E']);
    expect(validate(data(files))).toBe(true);
    expect(Buffer.concat([...files.values()]).includes('Ada Invented')).toBe(false);
    const plain = await bench.admitPlain();
    const other = unzipped(await bench.packed(await bench.order(plain, { content: 'CATEGORIES' })));
    expect(data(other).categories.map(({ category }) => category)).toEqual(['A', 'B']);
  });

  it('R-47: leaves out what was collected before the period', async () => {
    const old = aNewRecord({
      element: 'OCCUPATION',
      value: 'Typesetter',
      collectedAt: new Date('2021-12-31T23:59:59Z'),
    });
    const young = aNewRecord({
      element: 'EMPLOYMENT',
      value: 'Press',
      collectedAt: new Date('2022-01-01T08:00:00Z'),
    });
    const person = await bench.aPerson([old, young]);
    const order = await bench.order(person, { collectedFrom: '2022-01-01T08:00:00.000Z' });
    const elements = data(unzipped(await bench.packed(order))).records.map(({ element }) => element);
    expect(elements).toContain('EMPLOYMENT');
    expect(elements).not.toContain('OCCUPATION');
  });

  it('R-44: withholds a value in which a forbidden one is written', async () => {
    const person = await bench.aPerson([
      aNewRecord({ element: 'OCCUPATION', value: 'clerk, number 987 65 4329' }),
    ]);
    const files = unzipped(await bench.packed(await bench.order(person)));
    expect(data(files).withheld).toContainEqual(
      expect.objectContaining({ element: 'OCCUPATION', why: 'HOLDS_A_FORBIDDEN_VALUE' }),
    );
    expect(Buffer.concat([...files.values()]).includes('987 65 4329')).toBe(false);
  });

  it('R-44: is not released when what a redactor gave holds a forbidden value, and nothing of it is left', async () => {
    const person = await bench.aPerson();
    await addDocument(person, 'SELFIE', `metadata ${FORBIDDEN.SSN}`);
    const order = await bench.order(person);
    const building = bench.room({ redactor: new Careless() }).build.run(order, NO_BEAT);
    await expect(building).rejects.toMatchObject({ code: 'FORBIDDEN_VALUE_IN_EXPORT' });
    await expect(building).rejects.not.toThrow(FORBIDDEN.SSN);
    expect(await bench.within((tx) => tx.package.count({ where: { subjectId: person } }))).toBe(0);
    const prefix = subjectPrefix(bench.bank.tenantId, person);
    expect(await bench.objects.remaining({ prefix })).toBe(1);
  });

  it.each(['image/png', 'text/plain'])(
    'R-44: is not released when the last search finds something in %s, and nothing of it is left',
    async (mediaType) => {
      const person = await bench.aPerson();
      await addDocument(person, 'SELFIE', 'a face');
      const building = bench
        .room({ redactor: new Suspicious(mediaType) })
        .build.run(await bench.order(person), NO_BEAT);
      await expect(building).rejects.toMatchObject({ code: 'FORBIDDEN_VALUE_IN_EXPORT' });
      expect(await bench.within((tx) => tx.package.count({ where: { subjectId: person } }))).toBe(0);
      const prefix = subjectPrefix(bench.bank.tenantId, person);
      expect(await bench.objects.remaining({ prefix })).toBe(1);
    },
  );

  it('R-45: gives a document that a redactor is certain of', async () => {
    const person = await bench.aPerson();
    await addDocument(person, 'SELFIE', 'a face');
    const files = unzipped(await bench.packed(await bench.order(person), { redactor: new Careless() }));
    const [selfie] = data(files).documents;
    expect(files.get(selfie!.path)!.toString()).toBe('a face');
  });

  it('R-50: writes no cell that a spreadsheet takes for a formula', async () => {
    const person = await bench.aPerson([aNewRecord({ element: 'OCCUPATION', value: '=1+1' })]);
    const files = unzipped(await bench.packed(await bench.order(person)));
    const table = files.get('data/I-professional-or-employment-related-information.csv')!.toString();
    expect(table).toContain("OCCUPATION,'=1+1,");
    expect(files.get('index.html')!.toString()).toContain('<td>=1+1</td>');
  });

  it('R-51, R-52: is gone when its time is up: bytes, key and all but that it was', async () => {
    const person = await bench.aPerson();
    const order = await bench.order(person);
    await bench.packed(order);
    bench.clock.advance(8 * 86_400_000);
    await expect(bench.taken(order.instructionId)).rejects.toMatchObject({ code: 'PACKAGE_EXPIRED' });
    expect(await bench.room().sweep.run()).toBeGreaterThan(0);
    const prefix = subjectPrefix(bench.bank.tenantId, person);
    expect(await bench.objects.remaining({ prefix })).toBe(0);
    const row = await bench.within((tx) =>
      tx.package.findFirstOrThrow({ where: { instructionId: order.instructionId } }),
    );
    expect(row).toMatchObject({ state: 'EXPIRED', keyId: null, sealedSalt: null });
    await expect(bench.taken(order.instructionId)).rejects.toMatchObject({ code: 'PACKAGE_EXPIRED' });
  });

  it('what an attempt left that died is swept, its bytes and its key', async () => {
    const person = await bench.aPerson();
    await bench.room().build.run(await bench.order(person), NO_BEAT);
    const prefix = subjectPrefix(bench.bank.tenantId, person);
    expect(await bench.objects.remaining({ prefix })).toBe(1);
    await bench.room().sweep.run();
    expect(await bench.objects.remaining({ prefix })).toBe(1);
    bench.clock.advance(301_000);
    await bench.room().sweep.run();
    expect(await bench.objects.remaining({ prefix })).toBe(0);
    expect(await bench.within((tx) => tx.package.count({ where: { subjectId: person } }))).toBe(0);
  });

  it('R-53: waits for a store that does not answer, and releases nothing', async () => {
    const person = await bench.aPerson();
    await addDocument(person, 'SELFIE', 'a face');
    const [document] = await bench.within((tx) => tx.document.findMany({ where: { subjectId: person } }));
    const name = `${subjectPrefix(bench.bank.tenantId, person)}${document!.id}`;
    await bench.objects.remove({ prefix: name });
    const order = await bench.order(person, { audience: 'BUSINESS' });
    await expect(bench.room().build.run(order, NO_BEAT)).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
    expect(await bench.within((tx) => tx.package.count({ where: { subjectId: person } }))).toBe(0);
  });

  it('R-51: is taken so often and no more', async () => {
    const person = await bench.aPerson();
    const order = await bench.order(person);
    await bench.packed(order);
    for (let time = 1; time < 20; time += 1) await bench.taken(order.instructionId);
    await expect(bench.taken(order.instructionId)).rejects.toMatchObject({ code: 'DOWNLOAD_LIMIT_REACHED' });
    const part = () => ({ start: 10, end: 19 });
    const { bytes } = await bench.room().read.run(bench.bank, order.instructionId, part);
    let size = 0;
    for await (const piece of bytes) size += piece.length;
    expect(size).toBe(10);
  });
});

/** Gives everything as it is. */
class Careless extends Redactor {
  redact({ mediaType, bytes }: RedactableDocument): Promise<RedactedDocument> {
    return Promise.resolve({ mediaType, bytes: bytes() });
  }

  search(): Promise<readonly Finding[]> {
    return Promise.resolve([]);
  }
}

/** Gives everything as it is, and cannot search what is of this kind. */
class Suspicious extends Redactor {
  constructor(private readonly unsearchable: string) {
    super();
  }

  redact(document: RedactableDocument): Promise<RedactedDocument> {
    return new Careless().redact(document);
  }

  search({ mediaType }: PackedFile): Promise<readonly Finding[]> {
    return Promise.resolve(mediaType === this.unsearchable ? [{ kind: 'UNSEARCHABLE', where: 'BYTES' }] : []);
  }
}
