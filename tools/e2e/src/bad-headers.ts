import { type Base, requestOf } from './bad-base.js';
import { BEFORE_ROUTE, BODY_CODES, type Draft, type Kind, type Maker } from './bad-case.js';
import { type Parameter } from './bad-document.js';
import { MARKER } from './bad-requests.js';

type Header = { readonly value: string | null; readonly isTwice?: boolean };

const one = (...values: (string | null)[]): Header[] => values.map((value) => ({ value }));

/** A header that some operations name. Its schema says which values are wrong. */
const named = (name: string, headers: readonly Header[]): Kind => ({
  name: `header: ${name}`,
  make: function* (maker) {
    const parameters = maker.base.operation.parameters.filter(
      ({ in: place, name: known }) => place === 'header' && !/^x-request-id$/i.test(known),
    );
    for (const parameter of parameters) {
      for (const header of headers) yield headerCase(maker, parameter, header);
    }
  },
});

function headerCase({ contract, base }: Maker, parameter: Parameter, header: Header): Draft {
  const { name, schema, required } = parameter;
  const { value, isTwice } = header;
  const again = isTwice === true ? [[name, String(value)] as const] : [];
  const read = isTwice === true ? `${value}, ${value}` : value;
  const isFine = read === null ? required !== true : contract.isValid(schema, read);
  return {
    at: `header ${name}`,
    request: requestOf(base, { headers: { [name]: value }, more: again }),
    codes: BEFORE_ROUTE,
    ...(isFine
      ? { verdict: 'EITHER', because: 'of its schema' }
      : { verdict: 'REFUSED', because: 'not of its schema' }),
  };
}

/** Kinds of wrong values of the headers that the contract names: `Idempotency-Key`, `If-Match` and their like. */
const NAMED: readonly Kind[] = [
  named('missing', one(null)),
  named('empty', one('')),
  named('with blanks', one(`${MARKER} with blanks`)),
  named('too long', one(MARKER.repeat(30))),
  named('control characters', one(`${MARKER}\x01`, `${MARKER}\x7f`, `${MARKER}\x00`, `${MARKER}\x1b[31m`)),
  named('beyond ASCII', one(`${MARKER}\xe9`, `${MARKER}\xff`)),
  named('twice', [{ value: MARKER, isTwice: true }]),
  named('another text', one(MARKER, '*', `W/"${MARKER}"`, '"0"', `"${MARKER}"`)),
];

const CREDENTIALS: readonly (readonly [string, string | null])[] = [
  ['missing', null],
  ['empty', ''],
  ['a scheme alone', 'Bearer'],
  ['another scheme', `Digest ${MARKER}`],
  ['a text', MARKER],
  ['no token', `Bearer ${MARKER}`],
  ['three parts of nothing', `Bearer ${MARKER}.${MARKER}.${MARKER}`],
  ['too long', `Bearer ${'x'.repeat(10_000)}`],
  ['beyond ASCII', `Bearer ${MARKER}\xe9`],
  ['with a NUL', `Bearer ${MARKER}\x00`],
  ['Basic of nothing', 'Basic ===='],
  ['Basic without a colon', `Basic ${Buffer.from(MARKER).toString('base64')}`],
  ['Basic beyond UTF-8', `Basic ${Buffer.from([0xff, 0x3a, 0xff]).toString('base64')}`],
];

const authorization: Kind = {
  name: 'header: Authorization',
  make: function* ({ base }) {
    const isOpen = base.operation.security.length === 0;
    const verdict = isOpen ? 'EITHER' : 'REFUSED';
    for (const [at, value] of CREDENTIALS) {
      const request = requestOf(base, { headers: { Authorization: value } });
      yield { at, request, verdict, because: 'no credential of ours', codes: BEFORE_ROUTE };
    }
  },
};

/** Taken if it is well formed, else another is made: it is never a reason to refuse. */
const requestId: Kind = {
  name: 'header: X-Request-Id',
  make: function* ({ base }) {
    for (const value of [
      '',
      MARKER,
      MARKER.repeat(100),
      `${MARKER}\xe9`,
      '019A0000-0000-7000-8000-000000000000',
    ]) {
      const request = requestOf(base, { headers: { 'X-Request-Id': value } });
      yield {
        at: 'X-Request-Id',
        request,
        verdict: 'EITHER',
        because: 'another is made instead',
        codes: BEFORE_ROUTE,
      };
    }
  },
};

const unlikeBody = (base: Base, at: string, headers: Record<string, string | null>): Draft => ({
  at,
  request: requestOf(base, { headers }),
  verdict: 'REFUSED',
  because: 'not the type, charset or encoding of the body',
  code: 'CONTENT_TYPE_UNSUPPORTED',
  codes: [...BEFORE_ROUTE, ...BODY_CODES],
});

const TYPES = [
  'text/plain',
  'application/xml',
  'multipart/form-data; boundary=x',
  'application/jsonx',
  'application/json5',
  'json',
  MARKER,
  '*/*',
  'application/',
  '/json',
  `application/json${MARKER}`,
  'application/vnd.api+json',
  'text/json',
];
const OTHER: Readonly<Record<string, string>> = {
  'application/json': 'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded': 'application/json',
  'application/x-ndjson': 'application/json',
};
const CHARSETS = ['utf-16', 'utf-16le', 'iso-8859-1', 'utf-7', MARKER, '"utf-32"', 'windows-1252'];

/** Raw bodies are of any type, in any charset. */
const isText = ({ operation: { body } }: Base): boolean => body !== null && body.type in OTHER;

const contentType = (name: string, values: (type: string) => readonly (string | null)[]): Kind => ({
  name: `body: ${name}`,
  make: function* ({ base }) {
    if (!isText(base)) return;
    for (const value of values(base.operation.body?.type ?? '')) {
      yield unlikeBody(base, 'Content-Type', { 'Content-Type': value });
    }
  },
});

/** Kinds of what is wrong in headers. */
export const HEADER_KINDS: readonly Kind[] = [
  ...NAMED,
  authorization,
  requestId,
  contentType('wrong content type', (type) => [...TYPES, OTHER[type] ?? MARKER]),
  contentType('missing content type', () => [null, '']),
  contentType('wrong charset', (type) => CHARSETS.map((charset) => `${type}; charset=${charset}`)),
];
