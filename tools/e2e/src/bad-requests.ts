import { newId } from '@personr/kernel';
import { aDelete, anAdmission, COLLECTED } from './bodies.js';

/** Stands in every value that is sent here. It may come back in no answer and no log line. */
export const MARKER = 'mArKeR7f3a91';
/** An id that names nothing. */
export const UNKNOWN_ID = newId(new Date('2026-11-20T00:00:00Z'));

/** What is sent, and what is answered. */
export type Refusal = readonly [what: string, status: number, code: string, body: unknown];

const record = (changes: object) => ({
  records: [{ element: 'FULL_NAME', value: MARKER, ...COLLECTED, ...changes }],
});
/** A good admission with some of it changed. */
export const admission = (changes: object) => ({ ...anAdmission(MARKER, MARKER), ...changes });
const nested = (depth: number): unknown => (depth === 0 ? MARKER : [nested(depth - 1)]);
const quoted = (json: string) => JSON.stringify(admission({ externalId: 'HERE' })).replace('"HERE"', json);

/** Bodies that `POST /v1/subjects` refuses. */
export const SUBJECTS: readonly Refusal[] = [
  ['nothing', 400, 'VALIDATION_FAILED', '{}'],
  ['half an object', 400, 'BODY_MALFORMED', `{"externalId": "${MARKER}`],
  ['no JSON', 400, 'BODY_MALFORMED', MARKER],
  [
    'bytes that are not UTF-8',
    400,
    'BODY_MALFORMED',
    Buffer.from(`{"externalId": "${MARKER}\xff"}`, 'latin1'),
  ],
  ['a list', 400, 'VALIDATION_FAILED', [anAdmission(MARKER)]],
  ['an empty list', 400, 'VALIDATION_FAILED', []],
  ['a list of nothing', 400, 'VALIDATION_FAILED', [null]],
  ['a bare text', 400, 'VALIDATION_FAILED', `"${MARKER}"`],
  ['null', 400, 'VALIDATION_FAILED', 'null'],
  ['a list in a list of records', 400, 'VALIDATION_FAILED', admission({ records: [record({}).records] })],
  [
    'two members of one name',
    400,
    'BODY_MALFORMED',
    `{"externalId": "${MARKER}", "externalId": "${MARKER}"}`,
  ],
  ['a number that no double holds', 400, 'BODY_MALFORMED', admission(record({ value: 2 ** 53 }))],
  ['more than 1 MiB', 413, 'BODY_TOO_LARGE', admission({ residency: MARKER.repeat(100_000) })],
  [
    'a value of more than 64 KiB',
    400,
    'VALIDATION_FAILED',
    admission(record({ value: MARKER.repeat(6_000) })),
  ],
  ['33 levels', 400, 'BODY_MALFORMED', admission(record({ value: nested(33) }))],
  ['a number for a text', 400, 'VALIDATION_FAILED', admission({ externalId: 7 })],
  ['a text for a list', 400, 'VALIDATION_FAILED', admission({ records: MARKER })],
  ['an unknown member', 400, 'UNKNOWN_MEMBER', admission({ [MARKER]: true })],
  ['an unknown member of a record', 400, 'UNKNOWN_MEMBER', admission(record({ [MARKER]: MARKER }))],
  ['__proto__', 400, 'BODY_MALFORMED', `{"externalId": "${MARKER}", "__proto__": {"role": "${MARKER}"}}`],
  ['__proto__ in a value', 400, 'BODY_MALFORMED', `{"records": [{"value": {"__proto__": "${MARKER}"}}]}`],
  ['a lone surrogate in a text', 400, 'VALIDATION_FAILED', quoted(`"${MARKER}\\ud800"`)],
  ['a lone surrogate in a value', 400, 'VALIDATION_FAILED', admission(record({ value: `${MARKER}\ud800` }))],
  ['a NUL', 400, 'VALIDATION_FAILED', quoted(`"${MARKER}\\u0000"`)],
  ['a value of null', 400, 'VALIDATION_FAILED', admission(record({ value: null }))],
  [
    'a day that does not exist',
    400,
    'VALIDATION_FAILED',
    admission(record({ collectedAt: '2026-02-30T00:00:00Z' })),
  ],
  ['an unknown source', 400, 'VALIDATION_FAILED', admission(record({ source: MARKER }))],
  [
    'an identity of an unknown type',
    400,
    'VALIDATION_FAILED',
    admission({ identities: [{ type: MARKER, value: MARKER }] }),
  ],
  ['an unknown element', 422, 'ELEMENT_UNKNOWN', admission(record({ element: MARKER.toUpperCase() }))],
  [
    'an element named like a member of Object',
    400,
    'VALIDATION_FAILED',
    admission(record({ element: 'constructor' })),
  ],
  ['an unknown purpose', 422, 'PURPOSE_NOT_IN_NOTICE', admission(record({ purpose: MARKER.toUpperCase() }))],
  ['R-14: category G', 422, 'CATEGORY_NOT_IN_NOTICE', admission(record({ element: 'GEOLOCATION' }))],
  ['R-14: category J', 422, 'CATEGORY_NOT_IN_NOTICE', admission(record({ element: 'EDUCATION_RECORD' }))],
  ['R-14: category K', 422, 'CATEGORY_NOT_IN_NOTICE', admission(record({ element: 'INFERENCE_PROFILE' }))],
  [
    'R-14: no purpose to collect for',
    422,
    'PURPOSE_NOT_IN_NOTICE',
    admission(record({ purpose: 'LEGAL_OBLIGATION' })),
  ],
];

const ONE = `/v1/subjects/${UNKNOWN_ID}`;
/** Bodies that other routes of subjects refuse. */
export const ELSEWHERE: readonly (readonly [path: string, ...Refusal])[] = [
  ['/v1/subjects/lookup', 'nobody', 400, 'VALIDATION_FAILED', {}],
  [
    '/v1/subjects/lookup',
    'two ways',
    400,
    'VALIDATION_FAILED',
    { externalId: MARKER, identity: { type: 'EMAIL', value: MARKER } },
  ],
  ['/v1/subjects/lookup', 'an identity that is a text', 400, 'VALIDATION_FAILED', { identity: MARKER }],
  ['/v1/subjects/lookup', 'somebody unknown', 404, 'SUBJECT_NOT_FOUND', { externalId: MARKER }],
  [`${ONE}/records`, 'no records', 400, 'VALIDATION_FAILED', { records: [] }],
  [`${ONE}/records`, 'an unknown element', 422, 'ELEMENT_UNKNOWN', record({ element: MARKER.toUpperCase() })],
  [`${ONE}/records`, 'category G', 422, 'CATEGORY_NOT_IN_NOTICE', record({ element: 'GEOLOCATION' })],
  [`${ONE}/records`, 'a subject that is unknown', 404, 'SUBJECT_NOT_FOUND', record({})],
  [`${ONE}/records/read`, 'no purpose', 400, 'VALIDATION_FAILED', {}],
  [
    `${ONE}/records/read`,
    'an unknown element',
    422,
    'ELEMENT_UNKNOWN',
    { purpose: 'IDENTITY_VERIFICATION', elements: [MARKER.toUpperCase()] },
  ],
  [
    `${ONE}/records/read`,
    'a subject that is unknown',
    404,
    'SUBJECT_NOT_FOUND',
    { purpose: 'IDENTITY_VERIFICATION' },
  ],
];

const held = { externalId: `${MARKER}-held` };
const writing = { instructorId: null, text: MARKER, documentSha256: null };
/** A good order with some of it changed. */
export const order = (changes: object, subject: object = held) => aDelete(subject, { writing, ...changes });
const verified = aDelete({}).verification;
const received = aDelete({}).consumerRequest;
const two = {
  identities: [`${MARKER}-held`, `${MARKER}-other`].map((name) => ({
    type: 'EMAIL',
    value: `${name}@people.example`,
  })),
};

/** Orders that are read and judged. */
export const ORDERS: readonly Refusal[] = [
  ['R-04: an order that is not written', 422, 'INSTRUCTION_NOT_WRITTEN', order({ writing: undefined })],
  ['R-04: an empty writing', 422, 'INSTRUCTION_NOT_WRITTEN', order({ writing: {} })],
  [
    'R-05: an instructor nobody authorised',
    403,
    'INSTRUCTOR_NOT_AUTHORISED',
    order({ writing: { ...writing, instructorId: UNKNOWN_ID } }),
  ],
  [
    'R-18: a receipt in the future',
    422,
    'RECEIPT_IN_FUTURE',
    order({ consumerRequest: { ...received, receivedAt: '2026-12-01T00:00:00Z' } }),
  ],
  ['R-29: nobody verified', 409, 'NOT_VERIFIED', order({ verification: undefined })],
  ['R-29: verified as nothing', 409, 'NOT_VERIFIED', order({ verification: { ...verified, level: 'NONE' } })],
  [
    'R-30: verified too weakly',
    409,
    'VERIFICATION_LEVEL_TOO_LOW',
    order({ verification: { ...verified, level: 'REASONABLE' } }),
  ],
  ['a CORRECT', 422, 'TYPE_NOT_ENABLED', order({ type: 'CORRECT' })],
  ['an EXPORT for nobody', 422, 'AUDIENCE_REQUIRED', order({ type: 'EXPORT' })],
  [
    'a RETURN to nowhere',
    404,
    'ENDPOINT_NOT_FOUND',
    order({ type: 'RETURN', return: { endpointId: UNKNOWN_ID } }),
  ],
  [
    'a RETURN to an endpoint of no id',
    400,
    'VALIDATION_FAILED',
    order({ type: 'RETURN', return: { endpointId: '1' } }),
  ],
  [
    'a RETURN that is encrypted to nobody',
    400,
    'VALIDATION_FAILED',
    order({ type: 'RETURN', return: { encryptTo: 'age1nobody' } }),
  ],
  ['a DELETE that says where to', 422, 'SCOPE_INVALID', order({ return: {} })],
  ['R-41: two subjects at once', 409, 'SUBJECT_AMBIGUOUS', order({}, two)],
  ['a subject that is unknown', 404, 'SUBJECT_NOT_FOUND', order({}, { id: UNKNOWN_ID })],
];

/** Orders that cannot be read as orders at all. */
export const NO_ORDERS: readonly Refusal[] = [
  ['no members', 400, 'VALIDATION_FAILED', '{}'],
  ['no subject', 400, 'VALIDATION_FAILED', order({ subject: undefined })],
  ['a subject named twice', 400, 'VALIDATION_FAILED', order({}, { ...held, id: UNKNOWN_ID })],
  ['a subject not named', 400, 'VALIDATION_FAILED', order({}, {})],
  ['an id that is none', 400, 'VALIDATION_FAILED', order({}, { id: MARKER })],
  ['an unknown type', 400, 'VALIDATION_FAILED', order({ type: MARKER })],
  ['an unknown member', 400, 'UNKNOWN_MEMBER', order({ [MARKER]: MARKER })],
  ['an unknown member of the subject', 400, 'UNKNOWN_MEMBER', order({}, { ...held, [MARKER]: MARKER })],
  [
    'an unknown element in the scope',
    422,
    'ELEMENT_UNKNOWN',
    order({ scope: { elements: [MARKER.toUpperCase()] } }),
  ],
  [
    'a lone surrogate in the writing',
    400,
    'VALIDATION_FAILED',
    order({ writing: { text: `${MARKER}\ud800` } }),
  ],
  ['a NUL in the writing', 400, 'VALIDATION_FAILED', order({ writing: { text: `${MARKER}\0` } })],
];
