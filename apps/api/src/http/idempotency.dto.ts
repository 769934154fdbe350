import { ApiHeader } from '@nestjs/swagger';

/** Says in the contract that a route takes an `Idempotency-Key`. */
export const ApiIdempotent = (): MethodDecorator =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'The same key with the same body has one effect and one answer, for 24 hours at least. Visible characters.',
    example: 'cust-4711-2026-11-24',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
  });

/** The header of an answer that repeats an earlier one, for the contract. */
export const REPLAYED = {
  'Idempotency-Replayed': {
    description: 'Present when the answer repeats an earlier one of the same key.',
    schema: { type: 'string' as const, enum: ['true'] },
  },
};
