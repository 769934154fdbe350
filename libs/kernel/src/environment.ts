import { DomainError } from './domain-error.js';

/** Variables as a process is given them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What a process is told from outside, by name. Every method throws `CONFIG_INVALID`, which names the variable and never its value. */
export class Environment {
  constructor(private readonly variables: Variables) {}

  /** A text that must be there and not be empty. */
  text(name: string): string {
    const value = this.variables[name];
    if (value === undefined || value === '') throw configInvalid(`${name} must be set.`);
    return value;
  }

  /** A URL that must be there, as it was written. */
  url(name: string): string {
    const value = this.text(name);
    if (!URL.canParse(value)) throw configInvalid(`${name} must be a URL.`);
    return value;
  }

  /** One of these words; `otherwise` when it is left out. */
  oneOf(name: string, words: readonly string[], otherwise: string): string {
    const value = this.variables[name] ?? otherwise;
    if (!words.includes(value)) throw configInvalid(`${name} must be one of ${words.join(', ')}.`);
    return value;
  }

  /** A whole number from 1 to `most`; `otherwise` when it is left out. */
  count(name: string, { otherwise, most }: { readonly otherwise: number; readonly most: number }): number {
    const value = this.variables[name];
    if (value === undefined) return otherwise;
    if (!/^[1-9]\d{0,8}$/.test(value) || Number(value) > most)
      throw configInvalid(`${name} must be a whole number, 1 to ${String(most)}.`);
    return Number(value);
  }

  /** How much is logged: a word of pino's, `info` when nothing is said. */
  logLevel(): string {
    return this.oneOf('LOG_LEVEL', LEVELS, 'info');
  }
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** A configuration that no process starts with. `sentence` names the variable and never its value. */
export const configInvalid = (sentence: string): DomainError => new DomainError('CONFIG_INVALID', sentence);
