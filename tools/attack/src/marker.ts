import { randomBytes, randomInt } from 'node:crypto';

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');
const letters = (count: number): string =>
  String.fromCharCode(...Array.from({ length: count }, () => 97 + randomInt(26)));

const MOST_PHONES = 10_000;

/**
 * Makes values that nobody else has. Each holds a mark of this run, by which it is found in whatever it ended up, and
 * something of its own, by which it is known from all others.
 */
export class Marker {
  /** In everything that is text. */
  readonly ascii = `m${letters(17)}`;
  /** In names: characters that escapes and encodings treat otherwise than letters. */
  readonly han = String.fromCodePoint(...Array.from({ length: 8 }, () => randomInt(0x4e00, 0x9f00)));
  /** In telephone numbers, of which only digits are kept. */
  readonly number = `9${digits(9)}`;
  readonly #firstPhone = randomInt(MOST_PHONES);
  #phones = 0;

  /** A text that holds the mark. */
  text(what: string): string {
    return `${this.ascii}-${what}-${randomBytes(9).toString('hex')}`;
  }

  /** A name in other letters, with the mark in both. */
  name(): string {
    return `${this.han} ${this.text('name')}`;
  }

  email(): string {
    return `${this.ascii}.${randomBytes(5).toString('hex')}@people.example`;
  }

  /** E.164 leaves room for no more than a few digits of its own, so they are counted, not drawn. Throws when all are given. */
  phone(): string {
    if (this.#phones === MOST_PHONES) throw new Error('every telephone number of this mark is given');
    this.#phones += 1;
    return `+${this.number}${String((this.#firstPhone + this.#phones) % MOST_PHONES).padStart(4, '0')}`;
  }
}
