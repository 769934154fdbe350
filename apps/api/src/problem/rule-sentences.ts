/** Class-validator's own words where they read badly. A rule that brings a sentence of its own keeps it. */
const SENTENCES: readonly (readonly [words: RegExp, sentence: string])[] = [
  [/^each value in nested property .* must be either object or array$/, 'must be an object'],
  [/^nested property .* must be either object or array$/, 'must be an object'],
  [/^(?:each value in )?\S+ must be an array$/, 'must be a list'],
  [/^(?:each value in )?\S+ must be a string$/, 'must be a text'],
  [/^(?:each value in )?\S+ must be an integer number$/, 'must be a whole number'],
  [/^(?:each value in )?\S+ must be a UUID$/, 'must be one of our ids, a UUID of version 7'],
  [/^All (?:each value in )?\S+'s elements must be unique$/, 'must not name the same thing twice'],
  [/^(?:each value in )?\S+ must contain at least (\d+) elements$/, 'must have $1 or more items'],
  [/^(?:each value in )?\S+ must contain no more than (\d+) elements$/, 'must have at most $1 items'],
  [/^(?:each value in )?\S+ must be one of the following values: (.*)$/, 'must be one of $1'],
  [/^(?:each value in )?\S+ must (.*) regular expression$/, 'is not written as the contract says'],
  [/^(?:each value in )?\S+ must (.*)$/, 'must $1'],
];

/** Says what the member must be. The pointer beside it says which member; what was sent is nowhere. */
export function sentenceOf(rule: string, message: string): string {
  if (rule === 'unknownValue') return 'The value must be an object.';
  const [words, sentence] = SENTENCES.find(([pattern]) => pattern.test(message)) ?? [];
  if (words === undefined || sentence === undefined) return message;
  return `This ${message.replace(words, sentence)}.`;
}
