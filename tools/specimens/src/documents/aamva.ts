import { type Person } from '../people/person.js';
import { yearsBefore } from './parts.js';

// ISO/IEC 7812: 9 is assigned nationally, and 999 is a country code that ISO 3166 leaves to users. No real issuer's.
const ISSUER = '999999';
const AAMVA_VERSION = '10';
const JURISDICTION_VERSION = '00';
const SEXES: Readonly<Record<Person['sex'], string>> = { M: '1', F: '2', X: '9' };

/** What a driver's licence says beside the person. Dates are `YYYY-MM-DD`. */
export type Licence = {
  readonly number: string;
  readonly issued: string;
  readonly expiry: string;
  readonly street: string;
  readonly city: string;
  readonly postcode: string;
  readonly heightInches: number;
  readonly eyes: string;
};

/**
 * The text of the PDF417 on the back of the person's licence, in the form of the AAMVA DL/ID Card Design Standard
 * of 2020 (version 10), annex D: header, one subfile designator, then subfile DL with every mandatory element.
 */
export function aamvaText(person: Person, licence: Licence): string {
  const subfile = `DL${elements(person, licence)
    .map(([code, value]) => `${code}${value}`)
    .join('\n')}\r`;
  const header = `@\n\x1e\rANSI ${ISSUER}${AAMVA_VERSION}${JURISDICTION_VERSION}01`;
  const offset = header.length + 'DL00000000'.length;
  return `${header}DL${fourDigits(offset)}${fourDigits(subfile.length)}${subfile}`;
}

const elements = (person: Person, licence: Licence): readonly (readonly [string, string])[] => [
  ['DAQ', licence.number],
  ['DCS', person.familyName.toUpperCase()],
  ['DDE', 'N'],
  ['DAC', person.givenName.toUpperCase()],
  ['DDF', 'N'],
  ['DAD', 'NONE'],
  ['DDG', 'N'],
  ['DCA', 'C'],
  ['DCB', 'NONE'],
  ['DCD', 'NONE'],
  ['DBD', american(licence.issued)],
  ['DBB', american(person.dateOfBirth)],
  ['DBA', american(licence.expiry)],
  ['DBC', SEXES[person.sex]],
  ['DAU', `${String(licence.heightInches).padStart(3, '0')} IN`],
  ['DAY', licence.eyes],
  ['DAG', licence.street.toUpperCase()],
  ['DAI', licence.city.toUpperCase()],
  ['DAJ', 'CA'],
  ['DAK', licence.postcode.padEnd(9, '0').padEnd(11)],
  ['DCF', `SPECIMEN${licence.number.slice(-8)}`],
  // The standard knows USA and CAN here; a specimen must claim neither.
  ['DCG', 'UTO'],
];

const fourDigits = (value: number): string => String(value).padStart(4, '0');

/** `YYYY-MM-DD` as MMDDCCYY. */
const american = (date: string): string => date.slice(5, 7) + date.slice(8) + date.slice(0, 4);

/** The facts of the person's licence; the address comes from the person's own. */
export function licenceOf(person: Person): Licence {
  const [street = '', city = '', rest = ''] = person.address.split(', ');
  const day = person.dateOfBirth.slice(4);
  const expiry = `${person.passport.expiry.slice(0, 4)}${day}`;
  return {
    number: person.driversLicenseNumber,
    issued: yearsBefore(expiry, 8),
    expiry,
    street,
    city,
    postcode: rest.slice(-5),
    heightInches: 60 + ((person.index * 7 + person.familyName.length) % 18),
    eyes: 'UNK',
  };
}
