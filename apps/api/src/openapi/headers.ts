import {
  type Answer,
  type Contract,
  type Header,
  isSuccess,
  type Operation,
  operationsOf,
  type Parameter,
  type Place,
} from './document.js';

const HEADERS: Readonly<Record<string, Header>> = {
  'X-Request-Id': {
    description: 'The id of this request: the one that was sent, if it is a lower-case UUID, else a new one.',
    schema: { type: 'string', format: 'uuid' },
    example: '5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10',
  },
  'RateLimit-Policy': {
    description:
      'The quotas that count this request: `q` units in `w` seconds each (draft-ietf-httpapi-ratelimit-headers).',
    schema: { type: 'string' },
    example: '"credential";q=6000;w=10, "tenant";q=12000;w=10',
  },
  RateLimit: {
    description: 'What is left of them: `r` units, for `t` more seconds.',
    schema: { type: 'string' },
    example: '"credential";r=5999;t=10, "tenant";r=11998;t=7',
  },
  'Retry-After': {
    description: 'In how many seconds it is worth asking again.',
    schema: { type: 'integer', minimum: 1 },
    example: 7,
  },
  ETag: {
    description: 'The edition of what is shown, to be sent as `If-Match` with an edit.',
    schema: { type: 'string' },
    example: '"3"',
  },
  Location: {
    description: 'Where what was made is found.',
    schema: { type: 'string' },
    example: '/v1/instructions/01936d2b-8b1c-7abc-8def-0123456789ab',
  },
  'Idempotency-Replayed': {
    description: 'Present when the answer repeats an earlier one of the same key.',
    schema: { type: 'string', enum: ['true'] },
    example: 'true',
  },
  'WWW-Authenticate': {
    description: 'How to authenticate (RFC 6750, RFC 7617).',
    schema: { type: 'string' },
    example: 'Bearer error="invalid_token"',
  },
};

const REQUEST_ID: Parameter = {
  name: 'X-Request-Id',
  in: 'header',
  required: false,
  description:
    'An id of your own for this request, a lower-case UUID. It is returned, logged, and kept in the entry that the request leaves.',
  schema: { type: 'string', format: 'uuid' },
  example: '5f0c8e9a-1f6b-4a53-9f0e-2f3f1f7d4a10',
};

const IF_MATCH: Parameter = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The `ETag` of the edition that the edit was made against.',
  schema: { type: 'string' },
  example: '"3"',
};

/** Says which headers every answer carries, and which requests take. */
export function showHeaders(contract: Contract): void {
  const { components } = contract;
  components.parameters = { 'X-Request-Id': REQUEST_ID, ...components.parameters };
  for (const place of operationsOf(contract)) {
    const { operation } = place;
    const more = isEdit(operation) && !takes(operation, 'If-Match') ? [IF_MATCH] : [];
    const own = operation.parameters ?? [];
    operation.parameters = [...own, ...more, { $ref: '#/components/parameters/X-Request-Id' }];
    for (const [status, answer] of Object.entries(operation.responses)) {
      carry(answer, namesFor({ ...place, status, answer, contract }), components);
    }
  }
}

/** Refers to the one description of a header, also where a route describes it itself. */
function carry(answer: Answer, names: readonly string[], components: Contract['components']): void {
  const known = Object.keys(answer.headers ?? {}).filter((name) => name in HEADERS);
  for (const name of [...known, ...names]) {
    answer.headers = { ...answer.headers, [name]: { $ref: `#/components/headers/${name}` } };
    components.headers = { ...components.headers, [name]: HEADERS[name] ?? {} };
  }
}

const isEdit = ({ responses }: Operation): boolean => '412' in responses;

const takes = ({ parameters = [] }: Operation, wanted: string): boolean =>
  parameters.some(({ name }) => name?.toLowerCase() === wanted.toLowerCase());

type Asked = Place & { readonly status: string; readonly answer: Answer; readonly contract: Contract };

/** When an answer carries a header. */
const RULES: readonly (readonly [readonly string[], (asked: Asked) => boolean])[] = [
  [['X-Request-Id'], () => true],
  [['RateLimit-Policy', 'RateLimit'], (asked) => isCounted(asked)],
  [['Retry-After'], (asked) => saysWhen(asked)],
  [['WWW-Authenticate'], ({ status }) => status === '401'],
  [
    ['Idempotency-Replayed'],
    ({ status, operation }) => isSuccess(status) && takes(operation, 'Idempotency-Key'),
  ],
  [['ETag'], (asked) => isSuccess(asked.status) && asked.status !== '204' && hasEdition(asked)],
];

/** Tokens are counted before anything is known of who asks; everything else once the token is known to be ours. */
const isCounted = ({ path, status }: Asked): boolean =>
  path === '/oauth/token' || (path.startsWith('/v1/') && status !== '401');

const saysWhen = ({ status, answer }: Asked): boolean =>
  status === '429' || status === '503' || answer.description.includes('NOT_FINISHED');

const hasEdition = ({ path, method, operation, contract }: Asked): boolean =>
  isEdit(operation) || (method === 'get' && Object.values(contract.paths[path] ?? {}).some(isEdit));

const namesFor = (asked: Asked): string[] => RULES.flatMap(([names, holds]) => (holds(asked) ? names : []));
