import { createHash } from 'node:crypto';
import { type Redactor } from '@personr/redaction';
import { inventPerson, type Person, recordsOf, type Specimen, specimensOf } from '@personr/specimens';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { dataOf, ExportDesk, holders, seenIn } from './consumer-package.spec-helper.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { aRedactor, barcodeTexts, forbiddenOf, painted } from './redaction.spec-helper.js';

jest.setTimeout(900_000);

const SENT = [
  'passport.jpg',
  'selfie.jpg',
  'face-template.bin',
  'face-template.json',
  'vaccination.json',
  'source-of-funds.pdf',
  'voice.wav',
];
const NEVER = [
  'SSN',
  'DRIVERS_LICENSE_NUMBER',
  'STATE_ID_NUMBER',
  'DOCUMENT_NUMBER',
  'MRZ',
  'BARCODE_CONTENTS',
  'BANK_ACCOUNT_NUMBER',
  'FACE_TEMPLATE',
];

describe('a package for a consumer', () => {
  let house: House;
  let bank: TestTenant;
  let desk: ExportDesk;
  let redactor: Redactor;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    desk = await ExportDesk.open(house, bank);
    redactor = aRedactor();
  });

  afterAll(async () => {
    await redactor.close();
    await house.stop();
  });

  const specimens = async (person: Person, names: readonly string[]): Promise<Specimen[]> =>
    (await specimensOf(person)).filter(({ name }) => names.includes(name));

  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

  it('R-43, R-44, R-45: holds no forbidden value in any byte, name, barcode or picture, names each kind; the Business has all', async () => {
    const person = inventPerson('demo', 0);
    const files = await specimens(person, SENT);
    await desk.admit(person, { files });
    const certificate = recordsOf(person, { collectedAt: '2026-11-20T10:00:00Z' });
    const uvcis = certificate.flatMap(({ value }) => value.match(/URN:UVCI:[A-Z0-9:]+/g) ?? []);
    expect(uvcis).toHaveLength(3);
    const values = [...forbiddenOf(person).map(({ value }) => value), ...person.passport.mrz, ...uvcis];

    const consumer = await desk.exported(person.externalId, 'CONSUMER');
    expect(holders(consumer, values)).toEqual([]);
    const { documents, withheld, records } = dataOf(consumer);
    expect(withheld.map(({ element }) => element)).toEqual(expect.arrayContaining(NEVER));
    expect(records.map(({ element }) => element)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(new RegExp(`^(${NEVER.join('|')})$`))]),
    );
    const page = consumer.get('index.html')!.toString();
    for (const kind of ['Social Security number', 'Face template', 'Bank account number'])
      expect(page).toContain(kind);
    expect(documents.map(({ element }) => element).sort()).toEqual([
      'DOCUMENT_FACE_PICTURE',
      'SELFIE',
      'SOUND',
      'SOURCE_OF_FUNDS',
      'VACCINATION_CERTIFICATE',
    ]);
    expect(await seenIn(consumer, redactor, forbiddenOf(person))).toEqual([]);

    const business = await desk.exported(person.externalId, 'BUSINESS');
    const told = dataOf(business);
    for (const element of NEVER) expect(told.records.map((each) => each.element)).toContain(element);
    const all = Buffer.concat([...business.values()]).toString('latin1');
    for (const value of values) expect(all).toContain(value);
    expect(told.documents.map(({ path }) => sha256(business.get(path)!)).sort()).toEqual(
      files.map(({ bytes }) => sha256(bytes)).sort(),
    );
    expect(told.withheld).toEqual([]);

    const schema = (await bank.get('/schemas/package-data-1.json').expect(200)).text;
    const ajv = new Ajv2020.default();
    addFormats.default(ajv);
    const validate = ajv.compile(JSON.parse(schema) as object);
    for (const each of [consumer, business])
      expect([validate(dataOf(each)), validate.errors]).toEqual([true, null]);
  });

  it('hard case 9: a licence number that is only in the barcode of a picture is not in it; the Business has it', async () => {
    const person = inventPerson('demo', 1);
    const [back] = await specimens(person, ['licence-back.png']);
    const silent = { ...back!, bytes: await painted(back!.bytes, '#f4eef4', [80, 670, 300, 60]) };
    expect((await barcodeTexts(silent.bytes)).join()).toContain(person.driversLicenseNumber);
    await desk.admit(person, { files: [silent], elements: ['FULL_NAME', 'SSN'] });

    const consumer = await desk.exported(person.externalId, 'CONSUMER');
    const [picture] = dataOf(consumer).documents;
    expect(picture!.element).toBe('BARCODE_CONTENTS');
    expect(await barcodeTexts(consumer.get(picture!.path)!)).toEqual([]);
    expect(holders(consumer, [person.driversLicenseNumber])).toEqual([]);
    expect(await seenIn(consumer, redactor, forbiddenOf(person))).toEqual([]);

    const business = await desk.exported(person.externalId, 'BUSINESS');
    const [same] = dataOf(business).documents;
    expect((await barcodeTexts(business.get(same!.path)!)).join()).toContain(person.driversLicenseNumber);
  });
});
