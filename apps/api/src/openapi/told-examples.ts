import { type Media } from './document.js';
import { CLIENT_EXAMPLES } from './told-clients.js';
import { ENDPOINT_EXAMPLES } from './told-endpoints.js';
import { EVIDENCE_EXAMPLES } from './told-evidence.js';
import { HOLD_EXAMPLES } from './told-holds.js';
import { INSTRUCTION_EXAMPLES } from './told-instructions.js';
import { SUBJECT_EXAMPLES } from './told-subjects.js';

/** Examples of one operation, by content type: of its request, and of its answers by status. */
export type ToldExamples = {
  readonly request?: Readonly<Record<string, Media>>;
  readonly answers?: Readonly<Record<string, Readonly<Record<string, Media>>>>;
};

const TOKEN =
  'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2FwaS5wZXJzb25yLmV4YW1wbGUifQ.c2lnbmF0dXJl';

const ASSERTION = 'eyJhbGciOiJFZERTQSIsImtpZCI6IjIwMjYtMTEifQ.eyJpc3MiOiI8Y2xpZW50IGlkPiJ9.c2lnbmF0dXJl';

const HEALTH_EXAMPLES: Readonly<Record<string, ToldExamples>> = {
  issueToken: {
    request: {
      'application/x-www-form-urlencoded': {
        examples: {
          secret: {
            summary: 'With client id and secret by HTTP Basic',
            value: { grant_type: 'client_credentials', scope: 'subjects:read instructions:write' },
          },
          key: {
            summary: 'With an assertion that the client signed (private_key_jwt)',
            value: {
              grant_type: 'client_credentials',
              client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
              client_assertion: ASSERTION,
            },
          },
        },
      },
    },
    answers: {
      '200': {
        'application/json': {
          example: {
            access_token: TOKEN,
            token_type: 'Bearer',
            expires_in: 600,
            scope: 'subjects:read instructions:write',
            tenant: '01936d2b-8b1c-7000-8000-000000000001',
          },
        },
      },
    },
  },
  ready: {
    answers: {
      '200': {
        'application/json': {
          example: {
            status: 'READY',
            checks: {
              database: { status: 'UP' },
              keyStore: { status: 'UP' },
              keyring: { status: 'UP' },
              redis: { status: 'UP' },
            },
          },
        },
      },
      '503': {
        'application/json': {
          example: { status: 'NOT_READY', checks: { database: { status: 'UP' }, redis: { status: 'DOWN' } } },
        },
      },
    },
  },
};

/** Examples that tell more than one made from the schema: invented people, orders as they really are. */
export const EXAMPLES: Readonly<Record<string, ToldExamples>> = {
  ...HEALTH_EXAMPLES,
  ...SUBJECT_EXAMPLES,
  ...INSTRUCTION_EXAMPLES,
  ...CLIENT_EXAMPLES,
  ...HOLD_EXAMPLES,
  ...ENDPOINT_EXAMPLES,
  ...EVIDENCE_EXAMPLES,
};
