import { type ErrorCode } from '@personr/kernel';

/** The number of a line, for the contract. */
export const LINE = {
  type: 'integer' as const,
  minimum: 1,
  description: 'The number of the line, from 1; blank lines count.',
};

/** A code, for the contract. */
export const CODE = 'What a program switches on. Never renamed, never reused.';

/** How many there were, for the contract. */
export const COUNT = { type: 'integer' as const, minimum: 0 };

/** What every line can be refused for. */
export const LINE_PROBLEMS = [
  'LINE_MALFORMED',
  'LINE_TOO_LONG',
  'VALIDATION_FAILED',
  'UNKNOWN_MEMBER',
] as const satisfies ErrorCode[];

/** What every line can be refused for when something of ours fails: sending it again is safe. */
export const LINE_FAILURES = ['SERVICE_UNAVAILABLE', 'INTERNAL'] as const satisfies ErrorCode[];

/** What every stream can be ended for before its end. */
export const END_CODES = [
  'TOKEN_EXPIRED',
  'CREDENTIAL_INVALID',
  'STREAM_IDLE',
  'SERVICE_UNAVAILABLE',
  'INTERNAL',
] as const satisfies ErrorCode[];
