import { type ToldExamples } from './told-examples.js';

const JSON_TYPE = 'application/json';
const SUBJECT = '01936d2b-8b1c-7abc-8def-0123456789ab';
const RECORDS = ['01936d2b-8b20-7abc-8def-0123456789ac', '01936d2b-8b20-7abc-8def-0123456789ad'] as const;
const COLLECTED = {
  source: 'CLIENT_OR_AGENT',
  purpose: 'IDENTITY_VERIFICATION',
  collectedAt: '2026-11-23T18:00:00Z',
};

const NAME = { element: 'FULL_NAME', value: 'Ada Invented', ...COLLECTED };
const PASSPORT = { element: 'DOCUMENT_NUMBER', value: 'X0000042', ...COLLECTED };
const TAKEN = [
  { id: RECORDS[0], element: 'FULL_NAME', categories: ['A', 'B'] },
  { id: RECORDS[1], element: 'DOCUMENT_NUMBER', categories: ['A', 'B'] },
];

/** Ada Invented comes in, is found, and is read. */
export const SUBJECT_EXAMPLES: Readonly<Record<string, ToldExamples>> = {
  admitSubject: {
    request: {
      [JSON_TYPE]: {
        examples: {
          whole: {
            summary: 'A person with an identity and two values',
            value: {
              externalId: 'cust-4711',
              identities: [{ type: 'EMAIL', value: 'ada@invented.example' }],
              residency: 'US-CA',
              records: [NAME, PASSPORT],
            },
          },
          bare: { summary: 'A reference alone; values may follow', value: { externalId: 'cust-4712' } },
        },
      },
    },
    answers: Object.fromEntries(
      ['200', '201'].map((status) => [
        status,
        { [JSON_TYPE]: { example: { id: SUBJECT, createdAt: '2026-11-24T18:00:00.000Z', records: TAKEN } } },
      ]),
    ),
  },
  lookupSubject: {
    request: {
      [JSON_TYPE]: {
        examples: {
          reference: { summary: 'By your reference', value: { externalId: 'cust-4711' } },
          identity: {
            summary: 'By an identity',
            value: { identity: { type: 'EMAIL', value: 'ada@invented.example' } },
          },
        },
      },
    },
  },
  addRecords: {
    request: { [JSON_TYPE]: { example: { records: [NAME, PASSPORT] } } },
    answers: { '201': { [JSON_TYPE]: { example: { records: TAKEN } } } },
  },
  readRecords: {
    request: {
      [JSON_TYPE]: {
        example: { purpose: 'IDENTITY_VERIFICATION', elements: ['FULL_NAME', 'DOCUMENT_NUMBER'] },
      },
    },
    answers: {
      '200': {
        [JSON_TYPE]: {
          example: {
            records: [
              { ...TAKEN[0], ...NAME },
              { ...TAKEN[1], ...PASSPORT },
            ],
          },
        },
      },
    },
  },
};
