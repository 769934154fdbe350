import { type InstructionType } from './request.js';

/** For what, and from when to when, somebody may instruct. `validTo` is the first instant after it. */
export interface Authority {
  readonly authority: readonly InstructionType[];
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly revokedAt: Date | null;
}

/** Says whether an order of this type is within the authority at the instant `at`. A revocation counts from its own instant on. */
export function isAuthorised(
  { authority, validFrom, validTo, revokedAt }: Authority,
  type: InstructionType,
  at: Date,
): boolean {
  const isOver = [validTo, revokedAt].some((end) => end !== null && end <= at);
  return validFrom <= at && !isOver && authority.includes(type);
}
