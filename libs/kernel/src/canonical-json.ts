import { DomainError } from './domain-error.js';

/** What canonical JSON can hold. `undefined` members are left out; anything else is refused. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json | undefined };

/**
 * Writes `value` in the one spelling of RFC 8785 (JSON Canonicalization Scheme): no white space, members
 * sorted by UTF-16 code units, numbers as ECMAScript writes them. Throws `JSON_NOT_CANONICAL` for a number
 * that is not finite and for text with a lone surrogate, which have no such spelling.
 */
export function canonicalJson(value: Json): string {
  const arranged = arrange(value);
  return arranged === NOT_ARRANGED ? spell(value) : JSON.stringify(arranged);
}

const NOT_ARRANGED = Symbol('not arranged');
type Arranged = Json | typeof NOT_ARRANGED;

/**
 * The value with its members in order, so that the engine writes it at once, which costs a third of writing it piece by
 * piece; or that there is no such object: the engine has an order of its own for names like numbers.
 */
function arrange(value: Json): Arranged {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'number') return finite(value);
  if (value === null || typeof value === 'boolean') return value;
  return isList(value) ? arrangeList(value) : arrangeObject(value);
}

function arrangeList(items: readonly Json[]): Arranged {
  const list: Json[] = [];
  for (const item of items) {
    const arranged = arrange(item);
    if (arranged === NOT_ARRANGED) return NOT_ARRANGED;
    list.push(arranged);
  }
  return list;
}

function arrangeObject(value: Readonly<Record<string, Json | undefined>>): Arranged {
  const object: Record<string, Json> = {};
  for (const name of sorted(Object.keys(value))) {
    const member = value[name];
    if (member === undefined) continue;
    const arranged = keepsItsPlace(name) ? arrange(member) : NOT_ARRANGED;
    if (arranged === NOT_ARRANGED) return NOT_ARRANGED;
    object[wellFormed(name)] = arranged;
  }
  return object;
}

const [ZERO, NINE] = [0x30, 0x39];

function keepsItsPlace(name: string): boolean {
  const first = name.charCodeAt(0);
  return !(first >= ZERO && first <= NINE) && name !== '__proto__';
}

const FEW = 16;

/** In the order of UTF-16 code units, in place. Most objects have few members, for which this is the fastest way. */
function sorted(names: string[]): string[] {
  if (names.length > FEW) return names.sort();
  for (let from = 1; from < names.length; from += 1) {
    const name = names[from] ?? '';
    let at = from;
    for (let before = names[at - 1]; before !== undefined && before > name; before = names[at - 1]) {
      names[at] = before;
      at -= 1;
    }
    names[at] = name;
  }
  return names;
}

/** Writes a value piece by piece, whatever its names are. */
function spell(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(wellFormed(value));
  if (typeof value === 'number') return JSON.stringify(finite(value));
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(spell).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .flatMap((name) => {
      const member = value[name];
      return member === undefined ? [] : [`${JSON.stringify(wellFormed(name))}:${spell(member)}`];
    });
  return `{${members.join(',')}}`;
}

const isList = (value: object): value is readonly Json[] => Array.isArray(value);

function wellFormed(value: string): string {
  if (value.isWellFormed()) return value;
  throw new DomainError('JSON_NOT_CANONICAL', 'Text with a lone surrogate cannot be written as JSON.');
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new DomainError('JSON_NOT_CANONICAL', 'Only finite numbers can be written as JSON.');
}
