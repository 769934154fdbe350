import { DomainError } from '@personr/kernel';

/** A refusal that names a member of a file by its pointer (RFC 6901), and no value of it. */
const refuse = (pointer: string, expects: string): DomainError =>
  new DomainError('VALIDATION_FAILED', `${pointer === '' ? 'The file' : pointer} must be ${expects}.`);

/** A value of a JSON file that knows where it is, so that a refusal can say. Each reader throws `VALIDATION_FAILED`. */
export class Member {
  constructor(
    private readonly value: unknown,
    private readonly pointer = '',
  ) {}

  /** Whether it is there and not null. */
  get isGiven(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** The value itself, unread. */
  get raw(): unknown {
    return this.value;
  }

  /** The members of an object that has these and no others. */
  object<Name extends string>(names: readonly Name[]): Readonly<Record<Name, Member>> {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw refuse(this.pointer, 'an object');
    }
    const unknown = Object.keys(value).filter((name) => !(names as readonly string[]).includes(name));
    if (unknown.length > 0) throw refuse(this.pointer, `an object of ${names.join(', ')} and nothing else`);
    const members = value as Record<string, unknown>;
    return Object.fromEntries(
      names.map((name) => [name, new Member(members[name], `${this.pointer}/${name}`)]),
    ) as Record<Name, Member>;
  }

  /** The items of a list. */
  list(): Member[] {
    if (!Array.isArray(this.value)) throw refuse(this.pointer, 'a list');
    return this.value.map((item, position) => new Member(item, `${this.pointer}/${position}`));
  }

  /** Text that `pattern` matches, described by `expects`. */
  text(pattern: RegExp, expects: string): string {
    if (typeof this.value !== 'string' || !pattern.test(this.value)) throw refuse(this.pointer, expects);
    return this.value;
  }

  /** One of these texts. */
  oneOf<Choice extends string>(choices: readonly Choice[]): Choice {
    const found = choices.find((choice) => choice === this.value);
    if (found === undefined) throw refuse(this.pointer, `one of ${choices.join(', ')}`);
    return found;
  }

  /** A whole number between these, both included. */
  integer(least: number, most: number): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      throw refuse(this.pointer, `a whole number from ${least} to ${most}`);
    }
    return value;
  }

  /** A time of RFC 3339 in UTC, or null where it is null or left out. */
  instantOrNull(): Date | null {
    if (!this.isGiven) return null;
    const text = this.text(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/, EXPECTED_TIME);
    const at = new Date(text);
    if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 19) !== text.slice(0, 19)) {
      throw refuse(this.pointer, EXPECTED_TIME);
    }
    return at;
  }

  /** Refuses the value as it is. */
  refuse(expects: string): DomainError {
    return refuse(this.pointer, expects);
  }
}

const EXPECTED_TIME = 'a time in UTC as in 2026-11-23T18:04:00Z';
