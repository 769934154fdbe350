import { mrzTd3 } from './mrz.js';
import { type Card, type Passport, type Person } from './person.js';
import {
  documentNumber,
  inventedAccount,
  neverIssuedSsn,
  PHONE_NUMBERS,
  reservedPhone,
} from './reserved-numbers.js';
import { expand, openStream, type Stream } from './stream.js';
import {
  DOCUMENTATION_NETWORKS,
  EMPLOYERS,
  FAMILY_NAMES,
  GIVEN_NAMES,
  OCCUPATIONS,
  PROPERTIES,
  STREETS,
  TEST_CARDS,
} from './word-lists.js';

const TEMPLATE_FLOATS = 128;

/**
 * Invents the `n`th person (from 0) of a seed. The same seed and number give the same person in every run. No two
 * persons of a seed share an external id, e-mail address or passport number; telephone numbers are distinct among
 * any `PHONE_NUMBERS` in a row.
 */
export function inventPerson(seed: string, n: number): Person {
  const stream = openStream(`${seed}/${n}`);
  const who = inventBearer(stream);
  const tag = expand(`${seed}/tag`, 3).toString('hex');
  const fullName = `${who.givenName} ${who.familyName}`;
  return {
    seed,
    index: n,
    externalId: `cust-${tag}-${n}`,
    ...who,
    fullName,
    citizenship: 'UTO',
    email: `${who.givenName}.${who.familyName}.${n}.${tag}@mail.example`.toLowerCase(),
    phone: reservedPhone(seed, n),
    // ZIP codes beginning 000 are not in use.
    address: `${n + 1} ${stream.pick(STREETS)}, Nowhere, CA 000${stream.digits(2)}`,
    ipAddress: `${stream.pick(DOCUMENTATION_NETWORKS)}.${1 + stream.below(254)}`,
    ssn: neverIssuedSsn(stream),
    driversLicenseNumber: `UTO-D${stream.digits(8)}`,
    stateIdNumber: `UTO-S${stream.digits(8)}`,
    passport: inventPassport(stream, who, documentNumber(seed, n)),
    bankAccountNumber: inventedAccount(stream),
    card: inventCard(stream, fullName),
    occupation: stream.pick(OCCUPATIONS),
    employer: stream.pick(EMPLOYERS),
    property: stream.pick(PROPERTIES),
    faceTemplate: inventTemplate(`${seed}/${n}/face`),
  };
}

/**
 * Gives what a Business would look the person up by. The reserved telephone range has `PHONE_NUMBERS` numbers, so
 * persons from that index on have no PHONE among their identities.
 */
export function identitiesOf(
  person: Person,
): { readonly type: 'EMAIL' | 'PHONE' | 'DOCUMENT_NUMBER'; readonly value: string }[] {
  return [
    { type: 'EMAIL', value: person.email },
    ...(person.index < PHONE_NUMBERS ? [{ type: 'PHONE' as const, value: person.phone }] : []),
    { type: 'DOCUMENT_NUMBER', value: person.passport.number },
  ];
}

type Bearer = Pick<Person, 'givenName' | 'familyName' | 'sex' | 'dateOfBirth'>;

const inventBearer = (stream: Stream): Bearer => ({
  givenName: stream.pick(GIVEN_NAMES),
  familyName: stream.pick(FAMILY_NAMES),
  sex: stream.pick(['F', 'M', 'X'] as const),
  dateOfBirth: `${1941 + stream.below(66)}-${twoDigits(1 + stream.below(12))}-${twoDigits(1 + stream.below(28))}`,
});

function inventPassport(stream: Stream, bearer: Bearer, number: string): Passport {
  const expiry = `${2028 + stream.below(8)}-${twoDigits(1 + stream.below(12))}-${twoDigits(1 + stream.below(28))}`;
  const mrz = mrzTd3({
    issuer: 'UTO',
    nationality: 'UTO',
    surname: bearer.familyName,
    givenNames: bearer.givenName,
    documentNumber: number,
    dateOfBirth: bearer.dateOfBirth,
    sex: bearer.sex,
    expiry,
  });
  const securityFeatures = `invented hologram ${stream.digits(6)}; invented watermark ${stream.digits(6)}`;
  return { type: 'PASSPORT', country: 'UTO', number, expiry, mrz, securityFeatures };
}

const inventCard = (stream: Stream, holder: string): Card => ({
  holder,
  expiry: `${2028 + stream.below(5)}-${twoDigits(1 + stream.below(12))}`,
  ...stream.pick(TEST_CARDS),
});

function inventTemplate(label: string): string {
  const noise = expand(label, TEMPLATE_FLOATS * 4);
  const template = Buffer.alloc(TEMPLATE_FLOATS * 4);
  for (let at = 0; at < template.length; at += 4) {
    template.writeFloatLE((noise.readUInt32LE(at) / 2 ** 32) * 2 - 1, at);
  }
  return template.toString('base64');
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
