import { type ToldExamples } from './told-examples.js';

const JSON_TYPE = 'application/json';
const shown = (value: unknown) => ({ [JSON_TYPE]: { example: value } });

const ORIGIN = 'personr.example/log/5e1f0c8e9a1f6b4a539f0e2f3f1f7d4a';

const ENTRY = {
  id: '01936d2b-9ac0-7abc-8def-0123456789ab',
  index: 41,
  at: '2026-11-24T18:00:00.173Z',
  event: 'instruction.closed',
  actor: { kind: 'SYSTEM' },
  instructionId: '01936d2b-9a10-7abc-8def-0123456789ab',
  subjectRef: '3f1f7d4a5e1f0c8e9a1f6b4a539f0e2f',
  from: null,
  to: null,
  outcome: 'COMPLETED',
  reasonCode: null,
  policyVersion: '2026-11-23.1',
  requestId: null,
  commitment: 'uWbxcAQ2XGgCk4eDJJXBqoKQ4l2v6GXbb2mR6H7mJ3k=',
  detail: { outcome: 'COMPLETED', transitions: ['RESPONDING', 'RESPONDED', 'COMPLETED'] },
};

/** How a tenant reads its own log. */
export const EVIDENCE_EXAMPLES: Readonly<Record<string, ToldExamples>> = {
  readLogKeys: {
    answers: {
      '200': shown({
        keys: [
          {
            vkey: `${ORIGIN}+0b7de0ae+AZPvF5tqOUX2Ls7q7u4xFMrJmDmNQXHkRfLbRBkOuZ8q`,
            from: '2026-11-23T00:00:00.000Z',
            until: null,
          },
        ],
      }),
    },
  },
  listEntries: { answers: { '200': shown({ items: [ENTRY], nextCursor: null }) } },
};
