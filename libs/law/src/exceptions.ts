/** Why something may be kept in spite of a DELETE: 1798.105(d)(1)-(8), 1798.145. Never renamed, never reused. */
export const EXCEPTION_GROUNDS = [
  'EX_TRANSACTION',
  'EX_SECURITY',
  'EX_DEBUG',
  'EX_SPEECH_OR_RIGHT',
  'EX_CALECPA',
  'EX_RESEARCH',
  'EX_INTERNAL',
  'EX_LEGAL',
  'EX_COURT',
  'EX_INQUIRY',
  'EX_CLAIMS',
  'EX_EMERGENCY',
  'EX_LE_DIRECTION',
  'EX_PRIVILEGE',
  'EX_MEDICAL',
  'EX_FCRA',
  'EX_GLBA',
  'EX_DPPA',
  'EX_HOUSEHOLD',
  'EX_OTHERS',
  'EX_UNVERIFIED',
  'EX_UNFOUNDED',
] as const;
export type ExceptionGround = (typeof EXCEPTION_GROUNDS)[number];

/** Says whether `text` names a ground. */
export const isExceptionGround = (text: string): text is ExceptionGround =>
  (EXCEPTION_GROUNDS as readonly string[]).includes(text);
