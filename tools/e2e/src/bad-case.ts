import fc from 'fast-check';
import { type Base } from './bad-base.js';
import { type Contract, type Operation } from './bad-document.js';
import { type WireRequest } from './bad-wire.js';

/**
 * What must become of a request.
 * - REFUSED: a problem document, nothing written.
 * - EITHER: the contract allows it, so it may be done, or refused for what it asks; never a failure of ours.
 * - CLOSED: as REFUSED, or the connection is closed without a word.
 */
export type Verdict = 'REFUSED' | 'EITHER' | 'CLOSED';

/** One request with one thing wrong. */
export type Case = {
  readonly operation: Operation;
  readonly kind: string;
  /** What is wrong in it: a pointer into the body, or the name of a parameter or header. */
  readonly at: string;
  readonly request: WireRequest;
  readonly verdict: Verdict;
  /** The rule that says so. */
  readonly because: string;
  /** Where a refusal by validation must point. */
  readonly pointer?: string;
  /** The code that a refusal must have, where only one says what is wrong. */
  readonly code?: string;
  /** Of a stream of lines: which of them must be refused. */
  readonly badLines?: readonly boolean[];
  /** Codes it may answer beside those of its operation. */
  readonly codes?: readonly string[];
};

/** What the makers of cases draw from: the contract, a good request, and chance with a seed. */
export type Maker = { readonly contract: Contract; readonly base: Base; readonly chance: Chance };

/** What a maker says of one case. */
export type Draft = Omit<Case, 'operation' | 'kind'>;

/** A kind of wrongness: the cases of it that one good request gives. */
export type Kind = { readonly name: string; readonly make: (maker: Maker) => Iterable<Draft> };

/** Codes of what is wrong before any operation is known, or with a body that an operation does not take. */
export const BEFORE_ROUTE = ['REQUEST_MALFORMED', 'REQUEST_TIMED_OUT', 'HEADERS_TOO_LARGE'] as const;
export const BODY_CODES = ['BODY_MALFORMED', 'BODY_TOO_LARGE', 'CONTENT_TYPE_UNSUPPORTED'] as const;

/** Chance that gives the same again for the same seed. */
export class Chance {
  private drawn = 0;

  constructor(readonly seed: number) {}

  /** A value of the arbitrary. */
  of<T>(arbitrary: fc.Arbitrary<T>): T {
    this.drawn += 1;
    const [value] = fc.sample(arbitrary, { numRuns: 1, seed: (this.seed * 7919 + this.drawn) | 0 });
    return value as T;
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.of(fc.nat({ max: list.length - 1 }))] as T;
  }
}
