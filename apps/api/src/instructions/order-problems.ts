import { type ErrorCode } from '@personr/kernel';

/** What an order can be refused for. */
export const ORDER_PROBLEMS = [
  'ELEMENT_UNKNOWN',
  'SUBJECT_NOT_FOUND',
  'SUBJECT_AMBIGUOUS',
  'INSTRUCTION_NOT_WRITTEN',
  'INSTRUCTOR_NOT_AUTHORISED',
  'AGREEMENT_NOT_IN_FORCE',
  'TYPE_NOT_ENABLED',
  'SCOPE_INVALID',
  'RECEIPT_IN_FUTURE',
  'NOT_VERIFIED',
  'VERIFICATION_LEVEL_TOO_LOW',
  'DECLARATION_MISSING',
] as const satisfies ErrorCode[];
