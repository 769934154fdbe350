import { assertWritable, ELEMENT_CODES, ELEMENTS, isPurpose, isSource, NOTICES } from '@personr/law';
import { identitiesOf, inventPerson } from './invent-person.js';
import { checkDigit } from './mrz.js';
import { recordsOf } from './records-of.js';
import { PHONE_NUMBERS } from './reserved-numbers.js';

const AT = '2026-11-23T18:00:00Z';
const CROWD = 10_000;
const crowd = Array.from({ length: CROWD }, (_, n) => inventPerson('demo', n));

describe('invented people', () => {
  it('are the same in every run', () => {
    const again = inventPerson('demo', 42);
    expect(again).toEqual(crowd[42]);
    expect(recordsOf(again, { collectedAt: AT })).toEqual(recordsOf(crowd[42]!, { collectedAt: AT }));
    expect([again.email, again.passport.mrz[1]]).toEqual([
      'notreal.fixturelli.42.4500f9@mail.example',
      'U470450372UTO8801074M2810135<<<<<<<<<<<<<<04',
    ]);
  });

  it('are others under another seed', () => {
    const other = inventPerson('bench', 42);
    expect(other.passport.number).not.toBe(crowd[42]!.passport.number);
    expect(other.email).not.toBe(crowd[42]!.email);
    expect(other.faceTemplate).not.toBe(crowd[42]!.faceTemplate);
  });

  it('share no identity with each other over 10,000 indexes', () => {
    const identities = crowd.flatMap(identitiesOf).map(({ type, value }) => `${type} ${value}`);
    expect(identities).toHaveLength(3 * CROWD);
    expect(new Set(identities).size).toBe(identities.length);
    expect(new Set(crowd.map(({ externalId }) => externalId)).size).toBe(CROWD);
    expect(new Set(crowd.map(({ faceTemplate }) => faceTemplate)).size).toBe(CROWD);
  });

  it('have no telephone identity once the reserved range is used up', () => {
    const types = (n: number) => identitiesOf(inventPerson('demo', n)).map(({ type }) => type);
    expect(types(PHONE_NUMBERS - 1)).toEqual(['EMAIL', 'PHONE', 'DOCUMENT_NUMBER']);
    expect(types(PHONE_NUMBERS)).toEqual(['EMAIL', 'DOCUMENT_NUMBER']);
  });

  it('bear only numbers that no real person has', () => {
    for (const person of crowd) {
      expect(person.email).toMatch(/^[a-z0-9.]+@[a-z]+\.example$/);
      expect(person.phone).toMatch(/^\+1[2-9][0-8][0-9]55501[0-9]{2}$/);
      expect(person.ssn).toMatch(/^(000|666|9[0-9]{2})-(0[1-9]|[1-4][0-9])-[0-9]{4}$/);
      expect(person.ssn).not.toMatch(/-0000$/);
      expect(person.ipAddress).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\.[0-9]{1,3}$/);
      expect(person.bankAccountNumber).toMatch(/^XX[0-9]{2}INVENTED[0-9]{12}$/);
      expect(person.passport.mrz[0]).toMatch(/^P<UTO/);
      expect(person.address).toMatch(/CA 000[0-9]{2}$/);
    }
  });

  it('have an account whose check digits are right, as ISO 13616 reckons them', () => {
    for (const { bankAccountNumber } of crowd.slice(0, 1000)) {
      const turned = bankAccountNumber.slice(4) + bankAccountNumber.slice(0, 4);
      const digits = Array.from(turned, (character) => String(parseInt(character, 36))).join('');
      expect(BigInt(digits) % 97n).toBe(1n);
    }
  });

  it('carry a passport whose check digits are right', () => {
    for (const { passport } of crowd.slice(0, 1000)) {
      const [names, facts] = passport.mrz;
      expect([names.length, facts.length]).toEqual([44, 44]);
      expect(facts.slice(0, 9)).toBe(passport.number);
      expect(facts[9]).toBe(checkDigit(facts.slice(0, 9)));
      expect(facts[19]).toBe(checkDigit(facts.slice(13, 19)));
      expect(facts[27]).toBe(checkDigit(facts.slice(21, 27)));
      expect(facts[42]).toBe(checkDigit(facts.slice(28, 42)));
      const composite = facts.slice(0, 10) + facts.slice(13, 20) + facts.slice(21, 43);
      expect(facts[43]).toBe(checkDigit(composite));
    }
  });

  it('carry a face template of 128 finite floats', () => {
    const bytes = Buffer.from(crowd[0]!.faceTemplate, 'base64');
    const floats = Array.from({ length: 128 }, (_, index) => bytes.readFloatLE(index * 4));
    expect(bytes).toHaveLength(512);
    expect(floats.every((float) => Math.abs(float) <= 1)).toBe(true);
    expect(new Set(floats).size).toBeGreaterThan(100);
  });
});

describe('their records', () => {
  const notice = NOTICES[0]!;

  it('cover every category of the notice', () => {
    for (const person of crowd.slice(0, 100)) {
      const held = recordsOf(person, { collectedAt: AT }).flatMap(
        ({ element }) => ELEMENTS[element].categories,
      );
      expect([...new Set(held)].sort()).toEqual([...notice.categories]);
    }
  });

  it('cover every element the notice lets be held, once', () => {
    const older = crowd.find(({ dateOfBirth }) => dateOfBirth < '1980')!;
    const codes = recordsOf(older, { collectedAt: AT }).map(({ element }) => element);
    const listed = ELEMENT_CODES.filter((code) =>
      ELEMENTS[code].categories.every((letter) => notice.categories.includes(letter)),
    );
    expect([...codes].sort()).toEqual([...listed].sort());
  });

  it('say an age only of those over 40 on the day of collection', () => {
    const saysAge = (dateOfBirth: string) =>
      recordsOf({ ...crowd[0]!, dateOfBirth }, { collectedAt: AT }).some(
        ({ element }) => element === 'AGE_OVER_40',
      );
    expect([saysAge('1985-11-23'), saysAge('1985-11-24'), saysAge('1999-01-01')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('can be written under the notice, each with a value, source, purpose and time', () => {
    for (const record of recordsOf(crowd[7]!, { collectedAt: AT })) {
      assertWritable(notice, record);
      expect(record.value.length).toBeGreaterThan(0);
      expect([isSource(record.source), isPurpose(record.purpose), record.collectedAt]).toEqual([
        true,
        true,
        AT,
      ]);
    }
  });
});
