import { type ToldExamples } from './told-examples.js';

const JSON_TYPE = 'application/json';
const INSTRUCTION = '01936d2b-9a10-7abc-8def-0123456789ab';
const SUBJECT = '01936d2b-8b1c-7abc-8def-0123456789ab';
const ACCEPTED_AT = '2026-11-24T18:00:00.000Z';
const ENDED_AT = '2026-11-24T18:00:00.173Z';

const UNDER_WAY = {
  id: INSTRUCTION,
  type: 'DELETE',
  basis: 'CONSUMER_REQUEST',
  state: 'RECEIVED',
  final: false,
  flags: [],
  urgent: false,
  subject: { id: SUBJECT },
  acceptedAt: ACCEPTED_AT,
  finishedAt: null,
  sealedAt: null,
  unreadableAt: null,
  erasedAt: null,
  unguessableDueAt: null,
  unguessableAt: null,
  receiptUrl: null,
};
const ENDED = {
  ...UNDER_WAY,
  state: 'COMPLETED',
  final: true,
  finishedAt: ENDED_AT,
  sealedAt: '2026-11-24T18:00:00.090Z',
  unreadableAt: '2026-11-24T18:00:00.090Z',
  erasedAt: '2026-11-24T18:00:00.150Z',
  unguessableDueAt: '2026-11-25T18:00:00.090Z',
  receiptUrl: `/v1/instructions/${INSTRUCTION}/receipt`,
};
const RESTS_ON = {
  agreementId: '01936d2b-7a00-7abc-8def-0123456789ab',
  instructorId: null,
  policyVersion: '2026-11-23.1',
};
const CLOCK = {
  code: 'RESPONSE_45D',
  dueAt: '2027-01-08T07:59:59.999Z',
  lateFrom: '2027-01-08T08:00:00.000Z',
};
const BEGUN = { from: null, to: 'RECEIVED', event: 'instruction.accepted', at: ACCEPTED_AT };
const WHOLE = {
  ...ENDED,
  ...RESTS_ON,
  deadlines: [{ ...CLOCK, metAt: ENDED_AT }],
  steps: [{ name: 'SHRED_KEYS', state: 'DONE', done: 1, total: 1, bytes: null }],
  history: [BEGUN, { from: 'RECEIVED', to: 'COMPLETED', event: 'instruction.completed', at: ENDED_AT }],
  allowedActs: [],
  holds: [],
};
/** An instruction that has been accepted and waits to be carried out. */
export const ACCEPTED_EXAMPLE = {
  ...UNDER_WAY,
  state: 'APPROVED',
  ...RESTS_ON,
  deadlines: [{ ...CLOCK, metAt: null }],
  steps: [],
  history: [BEGUN],
  allowedActs: ['hold'],
  holds: [],
};
const MANIFEST = '5f3c1d0b8e7a69584736251403f2e1d0c9b8a7968574635241302f1e0d9c8b7a';
const PROOF = `c2sp.org/tlog-proof@v1
index 41
wgEHUmb83X2uPCKsoXfmNSOpwWNAWqwTXN8S4ZBLWVo=

personr.example/log/5e1f0c8e9a1f6b4a539f0e2f3f1f7d4a
42
uWbxcAQ2XGgCk4eDJJXBqoKQ4l2v6GXbb2mR6H7mJ3k=

— personr.example/log/5e1f0c8e9a1f6b4a539f0e2f3f1f7d4a Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`;

const order = (more: object): object => ({
  type: 'DELETE',
  subject: { externalId: 'cust-4711' },
  writing: { instructorId: null, text: 'Erase everything held about this customer.', documentSha256: null },
  ...more,
});

/** Orders as they are written, and what becomes of them. */
export const INSTRUCTION_EXAMPLES: Readonly<Record<string, ToldExamples>> = {
  acceptInstruction: {
    request: {
      [JSON_TYPE]: {
        examples: {
          consumerRequest: {
            summary: 'A consumer asked, and was verified',
            value: order({
              basis: 'CONSUMER_REQUEST',
              consumerRequest: { receivedAt: '2026-11-23T18:04:00Z', manner: 'EMAIL', nature: 'DELETE' },
              verification: {
                level: 'REASONABLY_HIGH',
                method: 'ACCOUNT_REAUTH',
                points: ['EMAIL', 'DATE_OF_BIRTH', 'DOCUMENT_NUMBER'],
                declaration: true,
                verifiedAt: '2026-11-23T18:20:00Z',
              },
            }),
          },
          endOfPurpose: {
            summary: 'The purpose has ended; of two elements alone',
            value: order({ basis: 'END_OF_PURPOSE', scope: { elements: ['SELFIE', 'FACE_TEMPLATE'] } }),
          },
        },
      },
    },
    answers: {
      '202': {
        [JSON_TYPE]: { example: ACCEPTED_EXAMPLE },
      },
      '200': { [JSON_TYPE]: { example: { ...WHOLE, code: 'ALREADY_ERASED' } } },
    },
  },
  acknowledgeTransfer: {
    request: {
      [JSON_TYPE]: { example: { manifestSha256: MANIFEST, receivedAt: '2026-11-24T18:05:00Z' } },
    },
    answers: {
      '200': {
        [JSON_TYPE]: {
          example: {
            ...ACCEPTED_EXAMPLE,
            type: 'RETURN',
            state: 'ERASING',
            transfer: {
              manifestSha256: MANIFEST,
              sizeBytes: 18_204,
              parts: null,
              subjects: null,
              by: 'DOWNLOAD',
              sentAt: '2026-11-24T18:00:00.310Z',
              failure: null,
              reminded: 0,
              acknowledgedAt: '2026-11-24T18:06:11.000Z',
              receivedAt: '2026-11-24T18:05:00.000Z',
            },
          },
        },
      },
    },
  },
  findInstruction: { answers: { '200': { [JSON_TYPE]: { example: WHOLE } } } },
  watchInstruction: {
    answers: {
      '200': {
        'text/event-stream': {
          example: `retry: 1000\n\nevent: instruction\nid: 0Zc1bq0m4m2y9l6v2oZ0Zw\ndata: ${JSON.stringify(WHOLE)}\n\n`,
        },
      },
    },
  },
  listInstructions: {
    answers: { '200': { [JSON_TYPE]: { example: { items: [ENDED], nextCursor: null } } } },
  },
  readReceipt: {
    answers: {
      '200': {
        [JSON_TYPE]: {
          example: {
            format: 'personr.receipt/v1',
            body: { instructionId: INSTRUCTION, outcome: 'COMPLETED' },
            salt: 'q1fVw3tM0c9m2m1l6v2oZ0Z3m8r7k5y1n4b6d8f0h2I=',
            entry: 'eyJldmVudCI6Imluc3RydWN0aW9uLmNvbXBsZXRlZCJ9',
            proof: PROOF,
            anchoring: 'PENDING',
            anchor: null,
          },
        },
        'text/plain': { example: PROOF },
        'text/html': { example: '<!doctype html>\n<html lang="en">…</html>\n' },
      },
    },
  },
  readCheckpoint: {
    answers: { '200': { 'text/plain': { example: PROOF.split('\n\n').slice(1).join('\n\n') } } },
  },
};
