import fc from 'fast-check';
import { type Contract, type Schema } from './bad-document.js';
import { MARKER } from './bad-requests.js';

/** A member of a body: where it is (RFC 6901), what it must be, and what it is. */
export type Member = {
  readonly pointer: string;
  readonly name: string;
  readonly parent: string;
  readonly schema: Schema;
  readonly value: unknown;
  readonly isItem: boolean;
};

const NOON = '2026-11-20T12:00:00Z';
const FORMATS: Readonly<Record<string, unknown>> = {
  'date-time': NOON,
  date: '2026-11-20',
  uuid: '019a0000-0000-7000-8000-000000000000',
  uri: 'https://invented.example/',
  email: 'ada@invented.example',
};

/** How often the same schema may be inside itself. */
const DEEPEST = 8;

/**
 * Makes a value that the schema allows, from its examples where it has some. `variant` chooses among members of
 * which there may be exactly one.
 */
export function sampleOf(contract: Contract, schema: Schema, variant = 0, depth = 0): unknown {
  const plain = contract.resolve(schema);
  const shown = shownBy(plain);
  if (shown !== undefined) return shown;
  const [choice] = plain.oneOf ?? [];
  if (choice !== undefined) return sampleOf(contract, choice, variant, depth);
  const type = typeOf(plain);
  if (type === 'object') return objectOf(contract, plain, { variant, depth: depth + 1 });
  if (type === 'array') return listOf(contract, plain, { variant, depth: depth + 1 });
  return scalarOf(plain, type);
}

/** What kind of value it is; the first that is not null. */
export const typeOf = ({ type, properties }: Schema): string =>
  [type ?? (properties === undefined ? 'string' : 'object')].flat().find((one) => one !== 'null') ?? 'null';

/** An id that may be null names something that is not there; null is the better example. */
const mayBeNothing = ({ type, format }: Schema): boolean =>
  format === 'uuid' && Array.isArray(type) && type.includes('null');

function shownBy({ examples, const: constant, enum: values }: Schema): unknown {
  const [example] = examples ?? [];
  return example ?? constant ?? values?.[0];
}

type Place = { readonly variant: number; readonly depth: number };

function objectOf(contract: Contract, schema: Schema, { variant, depth }: Place): unknown {
  const names = Object.keys(schema.properties ?? {});
  if (depth > DEEPEST) return {};
  const chosen = isChoice(schema) ? [names[variant % names.length] ?? ''] : names;
  const members = chosen.map((name) => [
    name,
    sampleOf(contract, schema.properties?.[name] ?? {}, variant, depth),
  ]);
  return Object.fromEntries(members) as object;
}

/** The contract says so in words: JSON Schema made from decorators has no place for it. */
export const isChoice = ({ description = '', properties = {} }: Schema): boolean =>
  /^exactly one of/i.test(description) && Object.keys(properties).length > 1;

function listOf(contract: Contract, schema: Schema, { variant, depth }: Place): unknown[] {
  const item = sampleOf(contract, schema.items ?? {}, variant, depth);
  return Array.from({ length: Math.max(1, Number(schema.minItems ?? 1)) }, () => item);
}

function scalarOf(schema: Schema, type: string): unknown {
  if (mayBeNothing(schema)) return null;
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return Number(schema.minimum ?? schema.default ?? 1);
  if (type === 'null') return null;
  return textOf(schema);
}

function textOf({ format, pattern, minLength, maxLength }: Schema): unknown {
  if (typeof format === 'string' && format in FORMATS) return FORMATS[format];
  if (typeof pattern === 'string') {
    return fc.sample(fc.stringMatching(new RegExp(pattern, 'u')), { numRuns: 1, seed: 7 })[0];
  }
  const text = `${MARKER}-sample`.padEnd(Number(minLength ?? 0), 'x');
  return text.slice(0, Number(maxLength ?? text.length));
}

/** Every member of a value, all the way down, items of lists too, with what the schema says of each. */
export function membersOf(contract: Contract, schema: Schema, value: unknown, pointer = ''): Member[] {
  const plain = contract.resolve(schema);
  if (Array.isArray(value)) {
    return (value as unknown[]).slice(0, 1).flatMap((item, at) => {
      const child = { schema: plain.items ?? {}, value: item, isItem: true };
      return below(contract, { ...child, pointer: `${pointer}/${at}`, name: String(at), parent: pointer });
    });
  }
  if (typeof value !== 'object' || value === null || plain.properties === undefined) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const child = { schema: plain.properties?.[name] ?? {}, value: member as unknown, isItem: false };
    return below(contract, { ...child, pointer: `${pointer}/${escaped(name)}`, name, parent: pointer });
  });
}

const below = (contract: Contract, member: Member): Member[] => [
  member,
  ...membersOf(contract, member.schema, member.value, member.pointer),
];

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
const unescaped = (name: string): string => name.replaceAll('~1', '/').replaceAll('~0', '~');

/** The same value with one member of it changed, or gone when `change` returns undefined. */
export function changedAt(value: unknown, pointer: string, change: (member: unknown) => unknown): unknown {
  if (pointer === '') return change(value);
  const [first = '', ...rest] = pointer.slice(1).split('/').map(unescaped);
  const below = rest.map((name) => `/${escaped(name)}`).join('');
  if (Array.isArray(value)) {
    return (value as unknown[]).flatMap((item, at) => {
      if (String(at) !== first) return [item];
      const changed = changedAt(item, below, change);
      return changed === undefined ? [] : [changed];
    });
  }
  const held = value as Readonly<Record<string, unknown>>;
  const entries = Object.entries({ ...held, [first]: changedAt(held[first], below, change) });
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined));
}
