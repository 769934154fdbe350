import { type ErrorCode } from '@personr/kernel';
import { detailOf } from '../problem/problem-details.js';
import { PROBLEM_STATUS } from '../problem/problem-status.js';
import { problemOf } from '../problem/problem.js';
import {
  type Answer,
  bodiesOf,
  type Contract,
  type Example,
  type Media,
  operationsOf,
  type Place,
} from './document.js';

const REQUEST_ID = '5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10';
const PROBLEM = 'application/problem+json';

/** Shows one example for every problem code that an answer can have. */
export function showProblems(contract: Contract): void {
  const { examples, schemas } = contract.components;
  const shown = operationsOf(contract).flatMap(showRefusals);
  const own = shown.map((code): [string, Example] => [code, { summary: code, value: exampleOf(code) }]);
  contract.components.examples = { ...examples, ...Object.fromEntries(own) };
  Object.assign(schemas.ProblemCode ?? {}, { description: CODES });
}

function showRefusals({ path, operation }: Place): ErrorCode[] {
  const hasRefusals = Object.keys(operation.responses).some((status) => status.startsWith('4'));
  if (!hasRefusals) operation.responses.default = structuredClone(ANYTHING_ELSE);
  const problems = bodiesOf(operation).filter(({ type }) => type === PROBLEM);
  if (path.startsWith('/oauth/')) for (const { media } of problems) showOAuth(media.schema?.allOf?.[1]);
  return problems.flatMap(({ media }) => showCodes(media));
}

function showCodes(media: Media): ErrorCode[] {
  const codes = (media.schema?.allOf?.[1]?.properties?.code?.enum ?? []) as ErrorCode[];
  media.examples = Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]));
  return codes;
}

/** Of an operation that names no failure of its own. */
const ANYTHING_ELSE: Answer = {
  description: 'Anything else is a problem document: a body that cannot be read, a failure of ours.',
  content: {
    [PROBLEM]: {
      schema: {
        allOf: [
          { $ref: '#/components/schemas/ProblemView' },
          {
            type: 'object',
            properties: {
              code: { type: 'string', enum: ['INTERNAL', 'SERVICE_UNAVAILABLE', 'RESTORE_REPLAY_PENDING'] },
            },
          },
        ],
      },
    },
  },
};

function exampleOf(code: ErrorCode): object {
  const errors = ERRORS[code];
  return problemOf(code, {
    detail: detailOf(code),
    requestId: REQUEST_ID,
    ...(errors === undefined ? {} : { errors }),
  });
}

const ERRORS: Readonly<Partial<Record<ErrorCode, [{ pointer: string; code: string; message: string }]>>> = {
  VALIDATION_FAILED: [
    {
      pointer: '/records/0/element',
      code: 'matches',
      message: 'element must be the name of a data element, in capitals',
    },
  ],
  UNKNOWN_MEMBER: [
    {
      pointer: '/records/0',
      code: 'UNKNOWN_MEMBER',
      message: 'This object has a member that is not in the contract.',
    },
  ],
};

/** RFC 6749, section 5.2: a client of that standard looks for `error`. */
function showOAuth(schema: { properties?: Record<string, object> } | undefined): void {
  if (schema?.properties === undefined) return;
  schema.properties.error = {
    type: 'string',
    description: 'The code of RFC 6749.',
    examples: ['invalid_client'],
  };
}

const CODES = [
  'What a program switches on. Never renamed, never reused.',
  '',
  '| code | status | means |',
  '| --- | --- | --- |',
  ...(Object.keys(PROBLEM_STATUS) as ErrorCode[]).map(
    (code) => `| \`${code}\` | ${PROBLEM_STATUS[code]} | ${detailOf(code)} |`,
  ),
].join('\n');
