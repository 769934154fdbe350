import { DomainError, type Json } from '@personr/kernel';

/** Shorter values are not looked for: four digits are in every date. */
const LEAST_CHARACTERS = 5;
/** Longer texts are looked for as they are. */
const LONG_CHARACTERS = 64;
/** What people write between the parts of a number. */
const BETWEEN = '[-\\s./]?';

/**
 * Values that must stand nowhere in what a consumer gets (Reg. 7024(d)), however they are spelt: with other separators,
 * in other case, escaped for JSON, HTML or CSV.
 */
export class ForbiddenValues {
  private readonly pattern: RegExp | null;
  /** The longest spelling of any of them, in characters. */
  private readonly longest: number;

  constructor(values: readonly Json[]) {
    const texts = [...new Set(values.flatMap(textsIn))].filter(
      (text) => text.replace(/[^\p{L}\p{N}]/gu, '').length >= LEAST_CHARACTERS,
    );
    const spellings = [...new Set(texts.flatMap(spellingsOf))];
    this.pattern = spellings.length === 0 ? null : new RegExp(spellings.map(loosely).join('|'), 'iu');
    this.longest = Math.max(0, ...spellings.map((text) => 2 * text.length));
  }

  /** Whether one of them stands in the text. */
  isIn(text: string): boolean {
    return this.pattern?.test(text) === true;
  }

  /**
   * Passes bytes on as they come, once no forbidden value ends in them. Throws `FORBIDDEN_VALUE_IN_EXPORT`, never with
   * the value.
   */
  async *keptOut(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    let tail = '';
    for await (const piece of bytes) {
      if (this.pattern !== null) {
        const text = tail + Buffer.from(piece).toString('latin1');
        if (this.isIn(text) || this.isIn(Buffer.from(text, 'latin1').toString('utf8'))) throw forbidden();
        tail = text.slice(-4 * this.longest);
      }
      yield piece;
    }
  }
}

const forbidden = (): DomainError =>
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

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&');

/** The text as it stands in HTML. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
