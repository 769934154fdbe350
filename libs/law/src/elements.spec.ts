import { isDomainError } from '@personr/kernel';
import { CATEGORIES } from './categories.js';
import { ELEMENT_CODES, ELEMENTS, isElement, parseElement } from './elements.js';

// Table 5.3, typed by hand: element | categories ("-" = derived) | sensitive | consumer export | AML identifying.
const EXPECTED = `
FULL_NAME                  | AB | NO          | GIVE                  | YES
POSTAL_ADDRESS             | AB | NO          | GIVE                  | YES
EMAIL_ADDRESS              | AB | NO          | GIVE                  | IF_COLLECTED_AS_SUCH
PHONE_NUMBER               | B  | NO          | GIVE                  | IF_COLLECTED_AS_SUCH
IP_ADDRESS                 | A  | NO          | GIVE                  | NO
SSN                        | AB | YES         | DESCRIBE              | YES
DRIVERS_LICENSE_NUMBER     | AB | YES         | DESCRIBE              | YES
STATE_ID_NUMBER            | AB | YES         | DESCRIBE              | YES
DOCUMENT_TYPE              | AB | NO          | GIVE                  | DESCRIPTION
DOCUMENT_COUNTRY           | AB | NO          | GIVE                  | DESCRIPTION
DOCUMENT_EXPIRY            | AB | NO          | GIVE                  | DESCRIPTION
DOCUMENT_NUMBER            | AB | YES         | DESCRIBE              | YES
MRZ                        | AB | YES         | DESCRIBE              | NUMBER_ONLY
BARCODE_CONTENTS           | AB | YES         | DESCRIBE              | NUMBER_ONLY
DOCUMENT_SECURITY_FEATURES | AB | NO          | WITHHOLD_AND_DESCRIBE | NO
SIGNATURE                  | B  | NO          | GIVE                  | NO
BANK_ACCOUNT_NUMBER        | B  | CONDITIONAL | DESCRIBE              | NO
CARD_HOLDER                | B  | NO          | GIVE_OR_MASK          | NO
CARD_EXPIRY                | B  | NO          | GIVE_OR_MASK          | NO
CARD_FIRST_SIX_LAST_FOUR   | B  | NO          | GIVE_OR_MASK          | NO
SOURCE_OF_FUNDS            | B  | CONDITIONAL | MASK                  | PER_BUSINESS
AGE_OVER_40                | C  | NO          | GIVE                  | NO
CITIZENSHIP                | C  | YES         | GIVE                  | NO
PERSONAL_PROPERTY          | D  | NO          | GIVE                  | NO
FACE_TEMPLATE              | E  | YES         | DESCRIBE              | NO
ACCESS_HISTORY             | F  | NO          | GIVE                  | NO
SERVICE_INTERACTION        | F  | NO          | GIVE                  | NO
SELFIE                     | H  | CONDITIONAL | GIVE_OWN_PERSON       | NO
VIDEO                      | H  | CONDITIONAL | GIVE_OWN_PERSON       | NO
SOUND                      | H  | CONDITIONAL | GIVE_OWN_PERSON       | NO
DOCUMENT_FACE_PICTURE      | H  | CONDITIONAL | MASK                  | NO
OCCUPATION                 | I  | NO          | GIVE                  | PER_BUSINESS
EMPLOYMENT                 | I  | NO          | GIVE                  | PER_BUSINESS
VACCINATION_CERTIFICATE    | L  | YES         | MASK                  | NO
TEST_CERTIFICATE           | L  | YES         | MASK                  | NO
RECOVERY_CERTIFICATE       | L  | YES         | MASK                  | NO
LIVENESS_SCORE             | -  | NO          | WITHHOLD_AND_DESCRIBE | PER_BUSINESS
MATCH_SCORE                | -  | NO          | WITHHOLD_AND_DESCRIBE | PER_BUSINESS
FRAUD_SCORE                | -  | NO          | WITHHOLD_AND_DESCRIBE | PER_BUSINESS
LIST_HIT                   | -  | NO          | PER_BUSINESS          | PER_BUSINESS
DATE_OF_BIRTH              | AB | NO          | GIVE                  | YES
EXTERNAL_ID                | A  | NO          | GIVE                  | NO
GEOLOCATION                | G  | CONDITIONAL | GIVE                  | NO
EDUCATION_RECORD           | J  | NO          | GIVE                  | NO
INFERENCE_PROFILE          | K  | NO          | GIVE                  | NO`;

const rows = EXPECTED.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('data elements', () => {
  it.each(rows)('R-15: %s is tagged %s, sensitive %s, consumer export %s, AML %s', (code, ...expected) => {
    const tags = ELEMENTS[parseElement(code)];
    const letters = tags.derived ? '-' : tags.categories.join('');
    expect([letters, tags.sensitive, tags.consumerExport, tags.amlIdentifying]).toEqual(expected);
  });

  it('R-15: has no element beside the expected table', () => {
    expect([...ELEMENT_CODES].sort()).toEqual(rows.map(([code]) => code).sort());
  });

  it('R-15: cites the law for whatever is sensitive or is not given to the consumer', () => {
    const uncited = ELEMENT_CODES.filter((code) => {
      const { sensitive, consumerExport, citation } = ELEMENTS[code];
      const needed =
        sensitive !== 'NO' || ['DESCRIBE', 'MASK', 'WITHHOLD_AND_DESCRIBE'].includes(consumerExport);
      return needed && citation === undefined;
    });
    expect(uncited).toEqual([]);
  });

  it('R-13: gives every element a category the law knows, or says that it is derived', () => {
    for (const code of ELEMENT_CODES) {
      const { categories, derived, title } = ELEMENTS[code];
      expect(title).not.toBe('');
      expect(categories.length === 0).toBe(derived);
      expect(categories.every((letter) => letter in CATEGORIES)).toBe(true);
    }
  });

  it.each(['SHOE_SIZE', 'full_name', '', 'toString', '__proto__'])(
    'R-13: refuses "%s", which names no element, without repeating it',
    (text) => {
      expect(isElement(text)).toBe(false);
      let refusal: unknown;
      try {
        parseElement(text);
      } catch (error) {
        refusal = error;
      }
      expect(isDomainError(refusal, 'ELEMENT_UNKNOWN')).toBe(true);
      if (text !== '') expect((refusal as Error).message).not.toContain(text);
    },
  );

  it('titles all twelve categories', () => {
    expect(Object.keys(CATEGORIES).join('')).toBe('ABCDEFGHIJKL');
  });
});
