import {
  AUDIENCES,
  CATEGORIES,
  ELEMENT_CODES,
  EXPORT_CONTENTS,
  EXPORT_NOTICES,
  WITHHOLDINGS,
} from '@personr/law';

/** The name of the schema of `data.json`. It changes with every change of the form. */
export const DATA_SCHEMA_ID = 'urn:personr:package-data:1';

const text = { type: 'string' } as const;
const instant = { type: 'string', format: 'date-time' } as const;
const element = { enum: ELEMENT_CODES } as const;
const category = { enum: Object.keys(CATEGORIES) } as const;
const listOf = (items: object) => ({ type: 'array', items });

const closed = (properties: Readonly<Record<string, object>>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const held = { element, source: text, purpose: text, collectedAt: instant };
const disclosure = closed({ recipient: text, categories: listOf(category), purpose: text });

/** What `data.json` of a package is: JSON Schema, draft 2020-12. */
export const DATA_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: DATA_SCHEMA_ID,
  title: 'What is held about one person, as a package of Personr says it',
  ...closed({
    schema: { const: DATA_SCHEMA_ID },
    instructionId: { type: 'string', format: 'uuid' },
    subjectRef: text,
    content: { enum: EXPORT_CONTENTS },
    audience: { enum: AUDIENCES },
    notices: listOf({ enum: EXPORT_NOTICES }),
    period: closed({ from: { type: ['string', 'null'], format: 'date-time' }, to: instant }),
    categories: listOf(
      closed({
        category,
        title: text,
        elements: listOf(element),
        sources: listOf(text),
        purposes: listOf(text),
        recipients: listOf(text),
      }),
    ),
    derived: listOf(element),
    sold: { ...listOf(category), maxItems: 0 },
    shared: { ...listOf(category), maxItems: 0 },
    disclosures: listOf(disclosure),
    withheld: listOf(
      closed({
        element,
        title: text,
        why: { enum: WITHHOLDINGS },
        law: text,
        count: { type: 'integer', minimum: 1 },
      }),
    ),
    consents: listOf(
      closed({
        policy: text,
        version: text,
        givenAt: instant,
        withdrawnAt: { type: ['string', 'null'], format: 'date-time' },
      }),
    ),
    documents: listOf(
      closed({
        ...held,
        path: text,
        mediaType: text,
        sizeBytes: { type: 'integer', minimum: 0 },
        sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      }),
    ),
    records: listOf(closed({ ...held, categories: listOf(category), value: {} })),
  }),
} as const;
