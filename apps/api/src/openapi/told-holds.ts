import { type ToldExamples } from './told-examples.js';
import { ACCEPTED_EXAMPLE } from './told-instructions.js';

const JSON_TYPE = 'application/json';
const AT = '2026-11-24T18:05:00.000Z';

const HOLD = {
  id: '01936d2b-9c22-7abc-8def-0123456789ab',
  subjectId: '01936d2b-8b1c-7abc-8def-0123456789ab',
  instructionId: null,
  ground: 'EX_LEGAL',
  citation: '31 CFR 1020.220(a)(3)',
  elements: ['FULL_NAME', 'DOCUMENT_NUMBER'],
  gone: [],
  placedBy: '01936d2b-8b1c-7abc-8def-0123456789b1',
  startsAt: AT,
  endsAt: '2031-11-24T08:00:00.000Z',
  reviewAt: null,
  endedAt: null,
  endReason: null,
};
const RELEASED = { ...HOLD, endedAt: '2026-12-01T09:30:00.000Z', endReason: 'GROUND_ENDED' };
const WANTED = {
  ground: HOLD.ground,
  citation: HOLD.citation,
  elements: HOLD.elements,
  endsAt: '2031-11-24T08:00:00Z',
};
const COURT = {
  ground: 'EX_COURT',
  citation: 'Superior Court, order 26-1193',
  reviewAt: '2027-05-24T07:00:00Z',
};

const shown = (value: unknown) => ({ [JSON_TYPE]: { example: value } });
const asked = (more: object = {}) => ({
  [JSON_TYPE]: {
    examples: {
      part: { summary: 'Some elements, for five years', value: { ...more, ...WANTED } },
      everything: { summary: 'Everything, until a court says otherwise', value: { ...more, ...COURT } },
    },
  },
});
const { id, ground, elements, endsAt } = HOLD;
const ON_INSTRUCTION = { ...HOLD, instructionId: ACCEPTED_EXAMPLE.id };

/** What a tenant keeps from being erased, and lets go. */
export const HOLD_EXAMPLES: Readonly<Record<string, ToldExamples>> = {
  placeHold: { request: asked({ subjectId: HOLD.subjectId }), answers: { '201': shown(HOLD) } },
  listHolds: { answers: { '200': shown({ items: [HOLD], nextCursor: null }) } },
  findHold: { answers: { '200': shown(HOLD) } },
  releaseHold: { request: shown({ reason: 'GROUND_ENDED' }), answers: { '200': shown(RELEASED) } },
  holdInstruction: {
    request: asked(),
    answers: {
      '200': shown({
        ...ACCEPTED_EXAMPLE,
        allowedActs: ['hold', 'release-hold'],
        holds: [{ id, ground, elements, endsAt }],
        hold: ON_INSTRUCTION,
      }),
    },
  },
  releaseInstructionHold: {
    request: shown({ holdId: HOLD.id, reason: 'GROUND_ENDED' }),
    answers: {
      '200': shown({
        ...ACCEPTED_EXAMPLE,
        hold: { ...RELEASED, instructionId: ACCEPTED_EXAMPLE.id },
      }),
    },
  },
};
