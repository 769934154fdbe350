import { DomainError, type Json } from '@personr/kernel';
import { type ForbiddenValue, valuesInBytes } from '@personr/redaction';

/** Shorter values are not looked for: four digits are in every date. */
const LEAST_CHARACTERS = 5;
/** Longer texts are looked for as they are. */
const LONG_CHARACTERS = 64;
/** What people write between the parts of a number. */
const BETWEEN = '[-\\s./]?';

/** A hash or id as this room writes them: digits of chance, in which every short number stands some day. */
const HASH = /\b[0-9a-f]{64}\b|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g;

/**
 * Values that must stand nowhere in what a consumer gets (Reg. 7024(d)), however they are spelt: with other separators,
 * in other case, escaped for JSON, HTML or CSV. `known` are the same by their kinds, with those that stand within others.
 */
export class ForbiddenValues {
  private readonly pattern: RegExp | null;
  private readonly texts: ReadonlySet<string>;
  /** The longest spelling of any of them, in characters. */
  private readonly longest: number;

  constructor(
    values: readonly Json[],
    readonly known: readonly ForbiddenValue[] = [],
  ) {
    const within = known.filter(({ kind }) => kind !== 'BIOMETRIC').map(({ value }) => value);
    const texts = [...new Set([...values, ...within].flatMap(textsIn))].filter(
      (text) => text.replace(/[^\p{L}\p{N}]/gu, '').length >= LEAST_CHARACTERS,
    );
    const spellings = [...new Set(texts.flatMap(spellingsOf))];
    this.texts = new Set(texts.map((text) => text.toLowerCase()));
    this.pattern = spellings.length === 0 ? null : new RegExp(spellings.map(loosely).join('|'), 'iu');
    this.longest = Math.max(0, ...spellings.map((text) => 2 * text.length));
  }

  get isEmpty(): boolean {
    return this.pattern === null && this.known.length === 0;
  }

  /** Whether one of them stands in the text, packed or encoded too. */
  isIn(text: string): boolean {
    return this.isSpelt(text) || valuesInBytes(Buffer.from(text), this.known).length > 0;
  }

  /** The text without the hashes and ids in it, unless one is a forbidden value itself. */
  withoutHashes(text: string): string {
    return text.replace(HASH, (hash) => (this.texts.has(hash) ? hash : '#'));
  }

  /** Passes bytes on as they come, once no forbidden value ends in them. Throws `FORBIDDEN_VALUE_IN_EXPORT`. */
  async *keptOut(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const watch = this.watch((text) => [text, Buffer.from(text, 'latin1').toString('utf8')]);
    for await (const piece of bytes) {
      watch(Buffer.from(piece).toString('latin1'));
      yield piece;
    }
  }

  /**
   * Looks at pieces of a text that follow one another, in every reading of them. Throws `FORBIDDEN_VALUE_IN_EXPORT`, never
   * with the value, at the piece in which one ends.
   */
  watch(readings = (text: string): readonly string[] => [text]): (piece: string) => void {
    let tail = '';
    return (piece) => {
      if (this.pattern === null) return;
      const text = tail + piece;
      if (readings(text).some((reading) => this.isSpelt(reading))) throw forbidden();
      tail = text.slice(-4 * this.longest);
    };
  }

  private isSpelt(text: string): boolean {
    return this.pattern?.test(text) === true;
  }
}

/** The refusal of a package that holds one, which never says which. */
export const forbidden = (): DomainError =>
  new DomainError(
    'FORBIDDEN_VALUE_IN_EXPORT',
    'The package would hold a value that the law forbids to disclose. It is not released.',
  );

/** The texts that a value is made of. Numbers of a list count together: one alone says nothing. */
function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return Number.isInteger(value) ? [String(value)] : [];
  if (value === null || typeof value === 'boolean') return [];
  if (Array.isArray(value))
    return value.every((item) => typeof item === 'number') ? [value.join(',')] : value.flatMap(textsIn);
  return Object.values(value).flatMap((member) => (member === undefined ? [] : textsIn(member)));
}

const spellingsOf = (text: string): string[] => [
  text,
  JSON.stringify(text).slice(1, -1),
  text.replaceAll('"', '""'),
  escapeHtml(text),
];

/** The text as a pattern: where it is short, a separator may come or be missing between any two letters or digits. */
function loosely(text: string): string {
  if (text.includes(',') || text.length > LONG_CHARACTERS) return escapePattern(text);
  const bare = text.replace(/(?<=[\p{L}\p{N}])[-\s./](?=[\p{L}\p{N}])/gu, '');
  return Array.from(bare, escapePattern).join(BETWEEN);
}

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');

/** The text as it stands in HTML. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
