import { type ElementCode, type PurposeCode, type SourceCode } from '@personr/law';
import { certificatesOf } from './health-certificates.js';
import { type Person } from './person.js';
import { openStream } from './stream.js';

/** One piece of personal information as `POST /v1/subjects/{id}/records` takes it. */
export interface PersonRecord {
  readonly element: ElementCode;
  readonly value: string;
  readonly source: SourceCode;
  readonly purpose: PurposeCode;

  /** RFC 3339, UTC. */
  readonly collectedAt: string;
}

type Values = Partial<Record<ElementCode, string>>;

/**
 * Gives everything a full check would have collected about the person: one record of each element that the notice
 * lets be held, so of each of its categories A B C D E F H I L, and the derived results. Only AGE_OVER_40 depends
 * on the person. Recordings and pictures are labelled lines of text that stand in for them.
 */
export function recordsOf(person: Person, { collectedAt }: { collectedAt: string }): PersonRecord[] {
  const from = (source: SourceCode, purpose: PurposeCode, values: Values): PersonRecord[] =>
    Object.entries(values).map(([element, value]) => ({
      element: element as ElementCode,
      value,
      source,
      purpose,
      collectedAt,
    }));
  return [
    ...from('CLIENT_OR_AGENT', 'IDENTITY_VERIFICATION', { EXTERNAL_ID: person.externalId }),
    ...from('CONSUMER_DIRECT', 'IDENTITY_VERIFICATION', identity(person, collectedAt)),
    ...from('CONSUMER_DIRECT', 'IDENTITY_VERIFICATION', documents(person)),
    ...from('CONSUMER_DIRECT', 'IDENTITY_VERIFICATION', recordings(person)),
    ...from('CONSUMER_DIRECT', 'IDENTITY_VERIFICATION', health(person)),
    ...from('CONSUMER_DIRECT', 'AML_CFT_COMPLIANCE', finances(person)),
    ...from('CONSUMER_DIRECT', 'CLIENT_DUE_DILIGENCE', work(person)),
    ...from('WEBSITE', 'IDENTITY_VERIFICATION', activity(person, collectedAt)),
    ...from('DATA_PROVIDER', 'AML_CFT_COMPLIANCE', { LIST_HIT: listHit(person) }),
  ];
}

const identity = (person: Person, at: string): Values => ({
  FULL_NAME: person.fullName,
  POSTAL_ADDRESS: person.address,
  DATE_OF_BIRTH: person.dateOfBirth,
  EMAIL_ADDRESS: person.email,
  PHONE_NUMBER: person.phone,
  SSN: person.ssn,
  CITIZENSHIP: person.citizenship,
  ...(isOver40(person.dateOfBirth, at) && { AGE_OVER_40: 'yes' }),
});

const documents = ({ passport, ...person }: Person): Values => ({
  DRIVERS_LICENSE_NUMBER: person.driversLicenseNumber,
  STATE_ID_NUMBER: person.stateIdNumber,
  DOCUMENT_TYPE: passport.type,
  DOCUMENT_COUNTRY: passport.country,
  DOCUMENT_EXPIRY: passport.expiry,
  DOCUMENT_NUMBER: passport.number,
  MRZ: passport.mrz.join('\n'),
  BARCODE_CONTENTS: `INVENTED\nDAQ${person.driversLicenseNumber}\nDCS${person.familyName}\nDAC${person.givenName}`,
  DOCUMENT_SECURITY_FEATURES: passport.securityFeatures,
});

const recordings = (person: Person): Values => ({
  FACE_TEMPLATE: person.faceTemplate,
  SIGNATURE: standIn('signature', person),
  SELFIE: standIn('selfie', person),
  VIDEO: standIn('video', person),
  SOUND: standIn('sound recording', person),
  DOCUMENT_FACE_PICTURE: standIn('face on the passport', person),
  ...scores(person),
});

const health = (person: Person): Values => {
  const { vaccination, test, recovery } = certificatesOf(person);
  return {
    VACCINATION_CERTIFICATE: JSON.stringify(vaccination),
    TEST_CERTIFICATE: JSON.stringify(test),
    RECOVERY_CERTIFICATE: JSON.stringify(recovery),
  };
};

const finances = ({ card, ...person }: Person): Values => ({
  BANK_ACCOUNT_NUMBER: person.bankAccountNumber,
  CARD_HOLDER: card.holder,
  CARD_EXPIRY: card.expiry,
  CARD_FIRST_SIX_LAST_FOUR: `${card.firstSix}******${card.lastFour}`,
  SOURCE_OF_FUNDS: `Wages of ${person.employer}, paid to account ${person.bankAccountNumber}`,
  PERSONAL_PROPERTY: `One ${person.property}, owned by ${person.fullName}`,
});

const work = (person: Person): Values => ({
  OCCUPATION: person.occupation,
  EMPLOYMENT: `${person.employer}, ${person.occupation}, full time`,
});

const activity = (person: Person, at: string): Values => ({
  IP_ADDRESS: person.ipAddress,
  ACCESS_HISTORY: `${at} ${person.ipAddress} GET /verify 200`,
  SERVICE_INTERACTION: `${at} opened the check, took the selfie twice, finished`,
});

function scores({ seed, index }: Person): Values {
  const stream = openStream(`${seed}/${index}/scores`);
  const score = (): string => `0.${stream.digits(4)}`;
  return { LIVENESS_SCORE: score(), MATCH_SCORE: score(), FRAUD_SCORE: score() };
}

const listHit = (person: Person): string =>
  `INVENTED list of politically exposed persons: no match for ${person.fullName}`;

// The name and the number make the line unlike that of any other person, so that a search finds exactly this one.
const standIn = (what: string, { fullName, externalId }: Person): string =>
  `INVENTED ${what} of ${fullName} (${externalId}): text that stands in for a recording`;

const isOver40 = (dateOfBirth: string, at: string): boolean =>
  `${Number(dateOfBirth.slice(0, 4)) + 41}${dateOfBirth.slice(4)}` <= at.slice(0, 10);
