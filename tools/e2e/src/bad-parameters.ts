import fc from 'fast-check';
import { type Base, queryOf, requestOf } from './bad-base.js';
import { BEFORE_ROUTE, type Draft, type Kind, type Maker } from './bad-case.js';
import { type Parameter, type Schema } from './bad-document.js';
import { MARKER } from './bad-requests.js';

const REFUSE_PATH = ['ROUTE_NOT_FOUND', ...BEFORE_ROUTE];

const parametersIn = ({ operation }: Base, place: Parameter['in']): readonly Parameter[] =>
  operation.parameters.filter((parameter) => parameter.in === place);

/** A kind of wrong spelling of each part of a path. What it leads to, if anything, is not what was meant. */
const inPath = (name: string, ...spellings: readonly ((value: string, maker: Maker) => string)[]): Kind => ({
  name: `path: ${name}`,
  make: function* (maker) {
    for (const parameter of parametersIn(maker.base, 'path')) {
      for (const spelling of spellings) {
        const value = spelling(maker.base.path[parameter.name] ?? '', maker);
        const path = { ...maker.base.path, [parameter.name]: value };
        const request = requestOf(maker.base, { path });
        const at = `path ${parameter.name}`;
        // A parameter that is no id may be anything; a spelling that is empty or has a dot may be another route.
        const isId = parameter.schema.format === 'uuid';
        const verdict = isId ? 'REFUSED' : 'EITHER';
        yield { at, request, verdict, because: 'names nothing', codes: REFUSE_PATH };
      }
    }
  },
});

const upper = (value: string): string => value.toUpperCase();
const V4 = '9b2f1c1e-7f0d-4a51-9c4e-0d2f5b8e1a11';

/** Kinds of paths that lead nowhere. */
export const PATH_KINDS: readonly Kind[] = [
  inPath(
    'another text',
    () => MARKER,
    () => '7',
    () => 'null',
    () => 'undefined',
    () => ' '.replace(' ', '%20'),
  ),
  inPath(
    'an id of another version',
    () => V4,
    () => '00000000-0000-0000-0000-000000000000',
  ),
  inPath('an id of nothing', () => '019a0000-0000-7000-8000-00000000dead'),
  inPath('capitals', (value) => upper(value).replace(/^[^A-F]*$/, MARKER)),
  inPath(
    'more behind it',
    (value) => `${value}${MARKER}`,
    (value) => `${value}%0a`,
    (value) => `${value};a=b`,
  ),
  inPath('empty', () => ''),
  inPath(
    'too long',
    () => MARKER.repeat(6),
    () => MARKER.repeat(600),
  ),
  inPath('longer than a head', () => MARKER.repeat(2_000)),
  inPath(
    'traversal',
    () => '..',
    () => '.',
    () => '%2e%2e',
    () => '..%2f..%2fetc%2fpasswd',
    () => '%2e%2e%2f',
    () => '..%5c',
    () => '....//',
    () => '%252e%252e%252f',
  ),
  inPath(
    'a name of Object',
    () => '__proto__',
    () => 'constructor',
    () => 'toString',
  ),
  inPath(
    'percent of nothing',
    () => '%',
    () => '%zz',
    () => `%E0%A4%A${MARKER}`,
  ),
  inPath(
    'percent beyond UTF-8',
    () => `%ff${MARKER}`,
    () => '%c0%af',
    () => '%ed%a0%80',
  ),
  inPath(
    'NUL',
    () => `%00${MARKER}`,
    (value) => `${value}%00`,
  ),
  inPath(
    'raw bytes',
    () => `\xe9${MARKER}`,
    () => `\x01${MARKER}`,
  ),
  inPath('random text', (_, { chance }) =>
    encodeURIComponent(chance.of(fc.string({ unit: 'grapheme', maxLength: 70 }))),
  ),
];

/** What stands in the query, and what that is read as; undefined when the parameter is not there. */
type Query = { readonly text: string; readonly value: unknown; readonly isUnknown?: boolean };

/** A kind of wrong value of each query parameter: the schema says whether it is one. */
const inQuery = (
  name: string,
  ...spellings: readonly ((name: string, schema: Schema, maker: Maker) => Query)[]
): Kind => ({
  name: `query: ${name}`,
  make: function* (maker) {
    for (const parameter of parametersIn(maker.base, 'query')) {
      for (const spelling of spellings) {
        yield queryCase(
          maker,
          parameter,
          spelling(parameter.name, maker.contract.resolve(parameter.schema), maker),
        );
      }
    }
  },
});

function queryCase(
  { contract, base }: Maker,
  parameter: Parameter,
  { text, value, isUnknown }: Query,
): Draft {
  const { name, schema, required } = parameter;
  const others = queryOf(base.query.filter(([other]) => other !== name));
  const request = requestOf(base, { query: [others, text].filter((part) => part !== '').join('&') });
  const at = `query ${name}`;
  const isNumber = ['integer', 'number'].includes(String(contract.resolve(schema).type));
  const read = isNumber && typeof value === 'string' && value !== '' ? Number(value) : value;
  const isValid = value === undefined ? required !== true : contract.isValid(schema, read);
  if (isValid) return { at, request, verdict: 'EITHER', because: 'of the schema', codes: BEFORE_ROUTE };
  const refused = {
    at,
    request,
    verdict: 'REFUSED',
    because: 'not of the schema',
    codes: BEFORE_ROUTE,
  } as const;
  return isUnknown === true ? refused : { ...refused, pointer: `/${name}` };
}

const plainly =
  (value: string) =>
  (name: string): Query => ({ text: `${name}=${encodeURIComponent(value)}`, value });

/** A kind of query that has a parameter nobody knows. */
const unknownQuery = (name: string, ...queries: readonly string[]): Kind => ({
  name: `query: ${name}`,
  make: function* ({ base }) {
    const isKnown = base.operation.parameters.some(({ in: place }) => place === 'query');
    const known = queryOf(base.query);
    for (const query of queries) {
      const request = requestOf(base, { query: [known, query].filter((part) => part !== '').join('&') });
      const because = isKnown ? 'no such parameter' : 'an operation without a query ignores one';
      yield { at: 'query', request, verdict: isKnown ? 'REFUSED' : 'EITHER', because, codes: BEFORE_ROUTE };
    }
  },
});

/** Kinds of queries that are not as the contract says. */
export const QUERY_KINDS: readonly Kind[] = [
  inQuery('missing', () => ({ text: '', value: undefined })),
  inQuery('empty', plainly('')),
  inQuery('another text', plainly(MARKER), plainly('null'), plainly('-1'), plainly('1.5'), plainly('true')),
  inQuery('too long', plainly(MARKER.repeat(500))),
  inQuery('huge number', plainly('1e999'), plainly('9007199254740993'), plainly('99999999999999999999')),
  inQuery('number of another base', plainly('0x10'), plainly('1_0'), plainly('١')),
  inQuery('NUL', plainly(`${MARKER}\u0000`)),
  inQuery('control characters', plainly(`${MARKER}\u001b`), plainly('\r\n')),
  inQuery('repeated', (name) => ({ text: `${name}=${MARKER}&${name}=${MARKER}`, value: [MARKER, MARKER] })),
  inQuery('as a list', (name) => ({
    text: `${name}[]=1&${name}=${MARKER}`,
    value: [MARKER],
    isUnknown: true,
  })),
  inQuery('percent of nothing', (name) => ({ text: `${name}=%zz${MARKER}`, value: `%zz${MARKER}` })),
  inQuery(
    'percent beyond UTF-8',
    (name) => ({ text: `${name}=%ff${MARKER}`, value: `\ufffd${MARKER}` }),
    (name) => ({ text: `${name}=%ed%a0%80`, value: '\ufffd' }),
  ),
  inQuery('random text', (name, _, { chance }) =>
    plainly(chance.of(fc.string({ unit: 'grapheme', maxLength: 40 })))(name),
  ),
  unknownQuery('unknown', `${MARKER}=1`, MARKER, `%00=1`),
  unknownQuery('a name of Object', '__proto__=1', 'constructor=1', '__proto__[admin]=1'),
  {
    name: 'query: longer than a head',
    make: function* ({ base }) {
      const request = requestOf(base, { query: `${MARKER}=${'x'.repeat(20_000)}` });
      yield { at: 'query', request, verdict: 'REFUSED', because: 'heads end at 16 KiB', codes: BEFORE_ROUTE };
    },
  },
];
