import { type Json } from '@personr/kernel';
import { invalid } from './refusal.js';

const MAX_CHARACTERS = 2 ** 21;
const MAX_DEPTH = 32;
const STRINGS = /"(?:[^"\\]|\\.)*"/g;

/**
 * Parses JSON that every reader reads alike. Throws `PROOF_INVALID` for what is not JSON, for an object with
 * two members of one name (of which readers pick different ones), for more than 2^21 characters and for
 * nesting deeper than 32. `name` says in the sentence what was read.
 */
export function parseJson(text: string, name: string): Json {
  if (text.length > MAX_CHARACTERS) throw invalid(`The ${name} is too long.`);
  const value = parse(text, name);
  const marks = text.replace(STRINGS, '');
  if (depth(marks) > MAX_DEPTH) throw invalid(`The ${name} is nested too deeply.`);
  if (marks.split(':').length - 1 !== countMembers(value)) {
    throw invalid(`The ${name} has two members of one name.`);
  }
  return value;
}

function parse(text: string, name: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw invalid(`The ${name} is not JSON.`, cause);
  }
}

function depth(marks: string): number {
  let deep = 0;
  let deepest = 0;
  for (const mark of marks) {
    if (mark === '{' || mark === '[') deep += 1;
    if (mark === '}' || mark === ']') deep -= 1;
    deepest = Math.max(deepest, deep);
  }
  return deepest;
}

function countMembers(value: Json | undefined): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members: (Json | undefined)[] = Object.values(value);
  const inside = members.reduce<number>((total, member) => total + countMembers(member), 0);
  return Array.isArray(value) ? inside : members.length + inside;
}
