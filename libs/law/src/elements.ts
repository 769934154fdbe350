import { DomainError } from '@personr/kernel';
import {
  type AmlIdentifying,
  type ConsumerExport,
  type ElementTags,
  type Sensitivity,
} from './element-tags.js';
import { type Category } from './categories.js';

export type * from './element-tags.js';

type Tags = Omit<ElementTags, 'title'>;

const tags = (
  letters: string,
  sensitive: Sensitivity,
  consumerExport: ConsumerExport,
  amlIdentifying: AmlIdentifying,
): Tags => ({
  categories: Array.from(letters) as Category[],
  derived: letters === '',
  sensitive,
  consumerExport,
  amlIdentifying,
});

const ID_NUMBER_LAW = '1798.140(ae)(1)(A); Reg. 7024(d)';
const IDENTIFYING_PICTURE = '1798.140(ae)(2)(A)';
const HEALTH_LAW = '1798.140(ae)(2)(B); Reg. 7024(d)';

const NAME_OR_ADDRESS = tags('AB', 'NO', 'GIVE', 'YES');
const ID_NUMBER = { ...tags('AB', 'YES', 'DESCRIBE', 'YES'), citation: ID_NUMBER_LAW };
const ID_NUMBER_WITHIN = { ...tags('AB', 'YES', 'DESCRIBE', 'NUMBER_ONLY'), citation: ID_NUMBER_LAW };
const DOCUMENT_FACT = tags('AB', 'NO', 'GIVE', 'DESCRIPTION');
const CARD_FACT = tags('B', 'NO', 'GIVE_OR_MASK', 'NO');
const NETWORK_ACTIVITY = tags('F', 'NO', 'GIVE', 'NO');
const RECORDING = { ...tags('H', 'CONDITIONAL', 'GIVE_OWN_PERSON', 'NO'), citation: IDENTIFYING_PICTURE };
const WORK = tags('I', 'NO', 'GIVE', 'PER_BUSINESS');
const HEALTH_CERTIFICATE = { ...tags('L', 'YES', 'MASK', 'NO'), citation: HEALTH_LAW };
const SCORE = {
  ...tags('', 'NO', 'WITHHOLD_AND_DESCRIBE', 'PER_BUSINESS'),
  citation: '1798.130(a)(3)(B)(iii)',
};

const TABLE = {
  FULL_NAME: { title: 'full name', ...NAME_OR_ADDRESS },
  POSTAL_ADDRESS: { title: 'postal address', ...NAME_OR_ADDRESS },
  // Judgement call: the notice does not name it. It is an identifier like the other facts a document shows,
  // and identifying information a bank must collect (31 CFR 1020.220(a)(2)(i)(A)). Category C stays with
  // AGE_OVER_40, so that a person under 40 is not told that a protected classification is held.
  DATE_OF_BIRTH: { title: 'date of birth', ...NAME_OR_ADDRESS },
  EMAIL_ADDRESS: { title: 'email address', ...tags('AB', 'NO', 'GIVE', 'IF_COLLECTED_AS_SUCH') },
  PHONE_NUMBER: { title: 'telephone number', ...tags('B', 'NO', 'GIVE', 'IF_COLLECTED_AS_SUCH') },
  IP_ADDRESS: { title: 'IP address', ...tags('A', 'NO', 'GIVE', 'NO') },
  EXTERNAL_ID: { title: "the Business's own reference for the person", ...tags('A', 'NO', 'GIVE', 'NO') },

  SSN: { title: 'Social Security number', ...ID_NUMBER },
  DRIVERS_LICENSE_NUMBER: { title: "driver's license number", ...ID_NUMBER },
  STATE_ID_NUMBER: { title: 'state identification card number', ...ID_NUMBER },
  DOCUMENT_TYPE: { title: 'identity document: type', ...DOCUMENT_FACT },
  DOCUMENT_COUNTRY: { title: 'identity document: issuing country', ...DOCUMENT_FACT },
  DOCUMENT_EXPIRY: { title: 'identity document: expiry date', ...DOCUMENT_FACT },
  DOCUMENT_NUMBER: { title: 'identity document: number', ...ID_NUMBER },
  MRZ: { title: 'identity document: machine-readable zone', ...ID_NUMBER_WITHIN },
  BARCODE_CONTENTS: { title: 'identity document: barcode contents', ...ID_NUMBER_WITHIN },
  // Judgement call: what makes a document hard to forge is treated as security data.
  DOCUMENT_SECURITY_FEATURES: {
    title: 'identity document: security features',
    ...tags('AB', 'NO', 'WITHHOLD_AND_DESCRIBE', 'NO'),
    citation: '1798.130(a)(3)(B)(iii)',
  },

  SIGNATURE: { title: 'signature', ...tags('B', 'NO', 'GIVE', 'NO') },
  BANK_ACCOUNT_NUMBER: {
    title: 'bank account number',
    ...tags('B', 'CONDITIONAL', 'DESCRIBE', 'NO'),
    citation: '1798.140(ae)(1)(B); Reg. 7024(d)',
  },
  CARD_HOLDER: { title: 'payment card: holder', ...CARD_FACT },
  CARD_EXPIRY: { title: 'payment card: expiry date', ...CARD_FACT },
  CARD_FIRST_SIX_LAST_FOUR: { title: 'payment card: first six and last four digits', ...CARD_FACT },
  SOURCE_OF_FUNDS: {
    title: 'source of funds or wealth',
    ...tags('B', 'CONDITIONAL', 'MASK', 'PER_BUSINESS'),
    citation: '1798.140(ae)(1)(B); Reg. 7024(d)',
  },

  AGE_OVER_40: { title: 'age, if over 40', ...tags('C', 'NO', 'GIVE', 'NO') },
  CITIZENSHIP: {
    title: 'citizenship',
    ...tags('C', 'YES', 'GIVE', 'NO'),
    citation: '1798.140(ae)(1)(D)',
  },
  PERSONAL_PROPERTY: { title: 'records of personal property', ...tags('D', 'NO', 'GIVE', 'NO') },
  FACE_TEMPLATE: {
    title: 'face template',
    ...tags('E', 'YES', 'DESCRIBE', 'NO'),
    citation: '1798.140(ae)(2)(A); Reg. 7024(d)',
  },
  ACCESS_HISTORY: { title: 'access history', ...NETWORK_ACTIVITY },
  SERVICE_INTERACTION: { title: 'interaction with the services', ...NETWORK_ACTIVITY },

  SELFIE: { title: 'photo of the face, selfie', ...RECORDING },
  VIDEO: { title: 'video recording', ...RECORDING },
  SOUND: { title: 'sound recording', ...RECORDING },
  DOCUMENT_FACE_PICTURE: {
    title: 'photo or scan of the face on the identity document',
    ...tags('H', 'CONDITIONAL', 'MASK', 'NO'),
    citation: '1798.140(ae)(2)(A); Reg. 7024(d)',
  },
  OCCUPATION: { title: 'occupation', ...WORK },
  EMPLOYMENT: { title: 'employment information', ...WORK },
  VACCINATION_CERTIFICATE: { title: 'vaccination certificate data', ...HEALTH_CERTIFICATE },
  TEST_CERTIFICATE: { title: 'test certificate data', ...HEALTH_CERTIFICATE },
  RECOVERY_CERTIFICATE: { title: 'recovery certificate data', ...HEALTH_CERTIFICATE },

  LIVENESS_SCORE: { title: 'liveness score', ...SCORE },
  MATCH_SCORE: { title: 'match score', ...SCORE },
  FRAUD_SCORE: { title: 'fraud score', ...SCORE },
  LIST_HIT: { title: 'hit in a screening list', ...tags('', 'NO', 'PER_BUSINESS', 'PER_BUSINESS') },

  // Known to the law, absent from the notice (S-28): kept here so that a write is refused by name.
  GEOLOCATION: {
    title: 'geolocation',
    ...tags('G', 'CONDITIONAL', 'GIVE', 'NO'),
    citation: '1798.140(ae)(1)(C)',
  },
  EDUCATION_RECORD: { title: 'education record', ...tags('J', 'NO', 'GIVE', 'NO') },
  INFERENCE_PROFILE: { title: 'profile drawn from inferences', ...tags('K', 'NO', 'GIVE', 'NO') },
} satisfies Record<string, ElementTags>;

/** The name of a data element. Clients store these, so a code is never renamed and never reused. */
export type ElementCode = keyof typeof TABLE;

/**
 * Every data element the law room knows, with its tags. The expected values are table 5.3 of the requirements
 * the sources are 1798.140(v), 1798.140(ae), Reg. 7024(d) and 31 CFR 1020.220(a).
 */
export const ELEMENTS: Readonly<Record<ElementCode, ElementTags>> = TABLE;

/** Every element code, in the order of the table. */
export const ELEMENT_CODES = Object.keys(TABLE) as readonly ElementCode[];

/** Says whether `text` names a data element. */
export const isElement = (text: string): text is ElementCode => Object.hasOwn(TABLE, text);

/** Turns untrusted text into an element code. Throws `ELEMENT_UNKNOWN`: nothing unclassified is held. */
export function parseElement(text: string): ElementCode {
  if (!isElement(text)) {
    throw new DomainError('ELEMENT_UNKNOWN', 'The element is not one of the data elements that can be held.');
  }
  return text;
}
