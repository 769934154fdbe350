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
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return number(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  return object(value);
}

function object(value: Readonly<Record<string, Json | undefined>>): string {
  let members = '';
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) {
      members += `${members === '' ? '' : ','}${text(name)}:${canonicalJson(member)}`;
    }
  }
  return `{${members}}`;
}

const isList = (value: object): value is readonly Json[] => Array.isArray(value);

function text(value: string): string {
  if (!value.isWellFormed()) {
    throw new DomainError('JSON_NOT_CANONICAL', 'Text with a lone surrogate cannot be written as JSON.');
  }
  return JSON.stringify(value);
}

function number(value: number): string {
  if (!Number.isFinite(value)) {
    throw new DomainError('JSON_NOT_CANONICAL', 'Only finite numbers can be written as JSON.');
  }
  return JSON.stringify(value);
}
