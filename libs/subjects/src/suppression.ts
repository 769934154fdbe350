import { DomainError, type InstructionId } from '@personr/kernel';
import { type MacWindow } from '@personr/vault';
import { type NewConsent } from './consent.js';

/** The use of the windows' keys. */
export const SUPPRESSION = 'suppression';

const DAY_LENGTH = 'yyyy-mm-dd'.length;

/** An erasure that an identity or a reference was found to belong to. */
export type Suppressed = { readonly instructionId: InstructionId; readonly acceptedAt: Date };

/** The window of an erasure at this instant: it never lasts longer than the policy's days. Null for none at all. */
export const windowAt = (at: Date, days: number): MacWindow | null =>
  days === 0 ? null : { day: at.toISOString().slice(0, DAY_LENGTH), days };

/** A new onboarding is one whose consent was given after the erasure was accepted. */
export const isNewOnboarding = (
  consents: readonly NewConsent[] | undefined,
  { acceptedAt }: Suppressed,
): boolean => consents?.some(({ givenAt }) => givenAt > acceptedAt) === true;

/** The refusal of what was erased and comes again. */
export const suppressedReingest = (): DomainError =>
  new DomainError(
    'SUPPRESSED_REINGEST',
    'This person was erased by your order and nothing of them is taken in again. For a new onboarding send the consent that was given after it.',
  );
