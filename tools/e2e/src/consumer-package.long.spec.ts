import { type Redactor } from '@personr/redaction';
import { inventPerson, specimensOf } from '@personr/specimens';
import { dataOf, ExportDesk, holders, seenIn } from './consumer-package.spec-helper.js';
import { type House, startHouse } from './house.js';
import { aRedactor, forbiddenOf } from './redaction.spec-helper.js';

jest.setTimeout(3_600_000);

const PEOPLE = [inventPerson('demo', 0), inventPerson('other seed', 7)] as const;

describe.each(PEOPLE)('R-44, R-45: a package of all that $fullName would send', (person) => {
  let house: House;
  let redactor: Redactor;

  beforeAll(async () => {
    house = await startHouse();
    redactor = aRedactor();
  });

  afterAll(async () => {
    await redactor.close();
    await house.stop();
  });

  it('holds nothing that is forbidden, and most of what was sent', async () => {
    const desk = await ExportDesk.open(house, await house.onboard('Bank'), 3000);
    const files = await specimensOf(person);
    await desk.admit(person, { files });
    const consumer = await desk.exported(person.externalId, 'CONSUMER');
    const values = [...forbiddenOf(person).map(({ value }) => value), ...person.passport.mrz];
    expect(holders(consumer, values)).toEqual([]);
    expect(await seenIn(consumer, redactor, forbiddenOf(person))).toEqual([]);
    expect(dataOf(consumer).documents.length).toBeGreaterThan(files.length / 2);
  });
});
