import { isJson, requestOf } from './bad-base.js';
import { type Draft, type Kind, type Maker } from './bad-case.js';
import { membersIn } from './bad-members.js';
import { MARKER } from './bad-requests.js';
import { changedAt, type Member, typeOf } from './bad-sample.js';

const HERE = 'hErE-51c0';

/** The body as text, with `spelling` in the place of the member's value. Bytes are latin1: one character, one byte. */
function spelled(
  { base }: Maker,
  { pointer }: { pointer: string },
  spelling: (value: string) => string,
): Buffer {
  let value = '';
  const marked = changedAt(base.body, pointer, (held) => {
    value = latin1(JSON.stringify(held));
    return HERE;
  });
  return Buffer.from(
    latin1(JSON.stringify(marked)).replace(`"${HERE}"`, () => spelling(value)),
    'latin1',
  );
}

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** A kind of JSON that is read by nobody, whatever the schema says. */
const unreadable = (
  name: string,
  ...spellings: readonly ((value: string, member: Member) => string)[]
): Kind => ({
  name,
  make: function* (maker) {
    if (!isJson(maker.base.operation)) return;
    for (const member of membersIn(maker)) {
      for (const spelling of spellings) {
        const bytes = spelled(maker, member, (value) => spelling(value, member));
        const request = requestOf(maker.base, { bytes });
        yield {
          at: member.pointer,
          request,
          verdict: 'REFUSED',
          because: 'no I-JSON in UTF-8',
          code: 'BODY_MALFORMED',
        };
      }
    }
  },
});

/** A kind of text that is none, in JSON that can be read. */
const noText = (name: string, ...ends: readonly string[]): Kind => ({
  name,
  make: function* (maker) {
    if (!isJson(maker.base.operation)) return;
    for (const member of membersIn(maker)) {
      const free = isFree(maker, member);
      if (!free && typeOf(maker.contract.resolve(member.schema)) !== 'string') continue;
      for (const end of ends) yield noTextCase(maker, member, { end, free });
    }
  },
});

function noTextCase(maker: Maker, member: Member, { end, free }: { end: string; free: boolean }): Draft {
  const bytes = spelled(maker, member, () => `"${MARKER}${end}"`);
  const request = requestOf(maker.base, { bytes });
  const at = member.pointer;
  if (isUnnamed(member.schema) || (free && !end.startsWith('\\ud'))) {
    return { at, request, verdict: 'EITHER', because: 'free JSON is kept as it is' };
  }
  return { at, request, verdict: 'REFUSED', because: 'text has no such characters', pointer: at };
}

/** Where any JSON value may stand: kept as it is, or left out where the contract does not even name the member. */
const isFree = ({ contract }: Maker, { schema }: Member): boolean => {
  const { oneOf, additionalProperties } = contract.resolve(schema);
  return oneOf !== undefined || additionalProperties === true || isUnnamed(schema);
};

const isUnnamed = (schema: Member['schema']): boolean => Object.keys(schema).length === 0;

/** A member of an object: written twice, or written where the contract has none. */
const objectsIn = (maker: Maker): { pointer: string; isFree: boolean }[] => [
  { pointer: '', isFree: false },
  ...membersIn(maker)
    .filter(({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value))
    .map((member) => ({ pointer: member.pointer, isFree: isFree(maker, member) })),
];

const withMember = (object: string, member: string): string =>
  object === '{}' ? `{${member}}` : `${object.slice(0, -1)},${member}}`;

const added = (name: string, member: string, isReadable: boolean): Kind => ({
  name,
  make: function* (maker) {
    if (!isJson(maker.base.operation)) return;
    for (const { pointer, isFree: free } of objectsIn(maker)) {
      const bytes = spelled(maker, { pointer }, (value) => withMember(value, member));
      const request = requestOf(maker.base, { bytes });
      if (isReadable && free) {
        yield { at: pointer, request, verdict: 'EITHER', because: 'free JSON has any members' };
      } else if (isReadable) {
        yield {
          at: pointer,
          request,
          verdict: 'REFUSED',
          because: 'no such member',
          pointer,
          code: 'UNKNOWN_MEMBER',
        };
      } else
        yield {
          at: pointer,
          request,
          verdict: 'REFUSED',
          because: 'reaches a prototype',
          code: 'BODY_MALFORMED',
        };
    }
  },
});

const MARKED = `"${MARKER}"`;

/** Kinds of JSON that only its spelling makes bad. */
export const SPELLING_KINDS: readonly Kind[] = [
  unreadable('duplicate member', (value, { name, isItem }) =>
    isItem ? `{"${name}":1,"${name}":${MARKED}}` : `${value},"${name}":${MARKED}`,
  ),
  unreadable('duplicate member, escaped', (value, { name, isItem }) => {
    const escaped = [...name]
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('');
    return isItem ? `{"${name}":1,"${escaped}":2}` : `${value},"${escaped}":${value}`;
  }),
  unreadable(
    'huge number',
    () => '1e999',
    () => '-1e999',
    () => '9007199254740993',
    () => '9'.repeat(400),
  ),
  unreadable('vanishing number', () => '0.1e-400'),
  unreadable(
    'no number',
    () => 'NaN',
    () => '-Infinity',
    () => '0x10',
    () => '01',
    () => '+1',
    () => '1.',
  ),
  unreadable(
    'too deep',
    () => '['.repeat(40) + MARKED + ']'.repeat(40),
    () => '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000),
  ),
  unreadable('deep without end', () => '['.repeat(100_000)),
  unreadable(
    'surrogate in bytes',
    () => `"${MARKER}\xed\xa0\x80"`,
    () => `"${MARKER}\xed\xb0\x80"`,
  ),
  unreadable('latin1 bytes', () => `"${MARKER}\xe9"`),
  unreadable(
    'overlong bytes',
    () => `"${MARKER}\xc0\xaf"`,
    () => `"\xc0\x80"`,
  ),
  unreadable(
    'raw control',
    () => `"${MARKER}\x00"`,
    () => `"${MARKER}\n"`,
    () => `"${MARKER}\x1f"`,
  ),
  unreadable(
    'no JSON',
    () => `'${MARKER}'`,
    () => MARKER,
    (_, { isItem }) => (isItem ? ',' : ''),
    () => `"${MARKER}`,
    () => '1,',
    () => '/**/1',
  ),
  noText('NUL', '\\u0000'),
  noText('lone surrogate', '\\ud800', '\\udc00', '\\ud800\\ud800'),
  noText('control characters', '\\u0001', '\\u001b[31m', '\\u007f', '\\u0085'),
  added('unknown member', `"${MARKER}":{"${MARKER}":"${MARKER}"}`, true),
  added('unknown member without a name', `"":1`, true),
  added('__proto__', `"__proto__":{"externalId":"${MARKER}","admin":true}`, false),
  added('__proto__, escaped', `"\\u005f_proto__":{"admin":true}`, false),
  added('constructor', `"constructor":{"prototype":{"admin":true}}`, false),
];
