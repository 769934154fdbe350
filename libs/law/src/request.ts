/** What a tenant can order. */
export const INSTRUCTION_TYPES = ['DELETE', 'EXPORT', 'RETURN', 'CORRECT', 'LIMIT', 'OPT_OUT'] as const;
export type InstructionType = (typeof INSTRUCTION_TYPES)[number];

/** What an order rests on: a consumer's request, the Agreement, or the Delete Act's platform (1798.99.86). */
export const BASES = ['CONSUMER_REQUEST', 'END_OF_PURPOSE', 'AGREEMENT_END', 'DROP'] as const;
export type Basis = (typeof BASES)[number];

/** What an export holds: the answer by categories, or the specific pieces (1798.110(a), 1798.130(a)(3)(B)). */
export const EXPORT_CONTENTS = ['CATEGORIES', 'SPECIFIC_PIECES'] as const;
export type ExportContent = (typeof EXPORT_CONTENTS)[number];

/** The manner in which a consumer made a request, a mandatory field of its record (Reg. 7101(b)). */
export const MANNERS = [
  'EMAIL',
  'WEB_FORM',
  'PHONE',
  'MAIL',
  'IN_PERSON',
  'ACCOUNT',
  'LIVE_CHAT',
  'OTHER',
] as const;
export type Manner = (typeof MANNERS)[number];
