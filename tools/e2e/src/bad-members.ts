import fc from 'fast-check';
import { bytesOf, isJson, requestOf } from './bad-base.js';
import { type Draft, type Kind, type Maker } from './bad-case.js';
import { type Schema } from './bad-document.js';
import { MARKER } from './bad-requests.js';
import { changedAt, type Member, membersOf, typeOf } from './bad-sample.js';

const MEBIBYTE = 1024 * 1024;

/** Another value for a member, or undefined to leave it out. */
type Change = (member: Member, maker: Maker) => unknown;

/** A kind that puts other values in the place of each member. The contract's own schema says whether one is wrong. */
const replacing = (name: string, ...changes: readonly Change[]): Kind => ({
  name,
  make: function* (maker) {
    if (!isJson(maker.base.operation)) return;
    for (const member of [whole(maker), ...membersIn(maker)]) {
      for (const change of changes) yield* replaced(maker, member, change(member, maker));
    }
  },
});

function* replaced(maker: Maker, member: Member, value: unknown): Generator<Draft> {
  if (value === member.value || (value === undefined && member.pointer === '')) return;
  const { base } = maker;
  const body = changedAt(base.body, member.pointer, () => value);
  const bytes = bytesOf(base, body);
  yield {
    at: member.pointer,
    request: requestOf(base, { bytes }),
    ...judged(maker, member, { value, body, bytes }),
  };
}

type Replaced = { readonly value: unknown; readonly body: unknown; readonly bytes: Buffer | null };

function judged(
  { contract, base }: Maker,
  { pointer, schema }: Member,
  { value, body, bytes }: Replaced,
): Pick<Draft, 'verdict' | 'because' | 'pointer'> {
  const isNamed = Object.keys(schema).length > 0;
  const wanted = base.operation.body?.schema ?? {};
  if (bytes !== null && bytes.length > MEBIBYTE)
    return { verdict: 'REFUSED', because: 'more than 1 MiB of JSON' };
  if (!contract.isValid(wanted, body)) return { verdict: 'REFUSED', because: 'not of the schema', pointer };
  if (isNamed && breaksTextRule(value)) return { verdict: 'REFUSED', because: 'text has no such characters' };
  return { verdict: 'EITHER', because: 'of the schema' };
}

/** A lone surrogate is text nowhere. Controls may stand in free JSON, which is kept as it is. */
const breaksTextRule = (value: unknown): boolean => typeof value === 'string' && !value.isWellFormed();

/** The members of a good body. */
export const membersIn = ({ contract, base }: Maker): Member[] =>
  membersOf(contract, base.operation.body?.schema ?? {}, base.body);

const whole = ({ base }: Maker): Member => ({
  pointer: '',
  name: '',
  parent: '',
  schema: base.operation.body?.schema ?? {},
  value: base.body,
  isItem: false,
});

const plainOf = ({ schema }: Member, { contract }: Maker): Schema => contract.resolve(schema);
const isText = (member: Member, maker: Maker): boolean => typeOf(plainOf(member, maker)) === 'string';
const text = (member: Member): string => (typeof member.value === 'string' ? member.value : MARKER);
/** Only where a text is wanted: elsewhere it would be the wrong type, which is another kind. */
const inText =
  (change: (value: string) => string): Change =>
  (member, maker) =>
    isText(member, maker) ? change(text(member)) : member.value;

const nested = (levels: number): unknown => (levels === 0 ? MARKER : [nested(levels - 1)]);

const tooLongText: Change = (member, maker) => {
  const { maxLength } = plainOf(member, maker);
  return isText(member, maker)
    ? MARKER.repeat(8_000).slice(0, Number(maxLength ?? 70_000) + 1)
    : member.value;
};

const tooLongList: Change = (member, maker) => {
  if (!Array.isArray(member.value)) return member.value;
  const [item = MARKER] = member.value as unknown[];
  return Array.from({ length: Number(plainOf(member, maker).maxItems ?? 2_000) + 1 }, () => item);
};

/** One with a limit of this kind that it can be too short for, and a text that is empty. */
const tooShort: Change = ({ value }) => {
  if (Array.isArray(value)) return [];
  return typeof value === 'object' && value !== null ? {} : '';
};

const json = fc.jsonValue({ maxDepth: 3 });

/** Kinds of wrong values, each for every member of a body in JSON. */
export const MEMBER_KINDS: readonly Kind[] = [
  // A list without an item is too short, not without a member.
  replacing('missing', ({ value, isItem }) => (isItem ? value : undefined)),
  replacing('null', () => null),
  replacing('wrong type: text', () => MARKER),
  replacing('wrong type: number', () => 7),
  replacing('wrong type: fraction', () => -1.5),
  replacing('wrong type: boolean', () => true),
  replacing(
    'wrong type: list',
    () => [],
    ({ value }) => [value],
    ({ value }) => [[value]],
  ),
  replacing(
    'wrong type: object',
    () => ({}),
    () => ({ [MARKER]: MARKER }),
    ({ value }) => ({ 0: value }),
  ),
  replacing('too long text', tooLongText),
  replacing('too long list', tooLongList),
  replacing('too short', tooShort),
  replacing(
    'blank',
    inText(() => ' '),
  ),
  replacing(
    'another text',
    inText(() => MARKER),
    inText((value) => value + MARKER),
    inText((value) => value.toLowerCase()),
  ),
  replacing(
    'line break at the end',
    inText((value) => `${value}\n`),
  ),
  replacing('deep', () => nested(20)),
  replacing('zero below zero', () => -0),
  replacing(
    'great number',
    () => 1e308,
    () => Number.MIN_VALUE,
    () => -(2 ** 53 - 1),
  ),
  replacing('random JSON', (_, { chance }) => chance.of(json)),
  replacing('random text', (_, { chance }) => chance.of(fc.string({ unit: 'binary', maxLength: 40 }))),
  replacing(
    'a name of Object',
    () => ({ toString: 1, valueOf: 2, then: 3 }),
    () => ({ length: 3 }),
  ),
];
