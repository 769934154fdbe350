import { DomainError } from '@personr/kernel';
import { addDays, localDate, startOfDay } from './calendar.js';
import { type PurposeCode } from './purposes.js';
import { type InstructionType } from './request.js';

/**
 * The specific business purposes an agreement can name: those of a service provider that are a ground to collect
 * (S-42). Security, fraud and legal duty need no agreement and are no ground to collect (Reg. 7050(a)).
 */
export const CONTRACT_PURPOSES = [
  'IDENTITY_VERIFICATION',
  'AML_CFT_COMPLIANCE',
  'CLIENT_DUE_DILIGENCE',
] as const satisfies readonly PurposeCode[];
export type ContractPurpose = (typeof CONTRACT_PURPOSES)[number];

/** What a contract with a service provider must say, by its number in 11 CCR 7051(a). */
export const CONTRACT_TERMS: Readonly<Record<number, string>> = {
  1: 'prohibits selling and sharing the personal information',
  2: 'identifies the specific business purposes; not generic, not by reference to the whole contract',
  3: 'prohibits any use for other purposes than those',
  4: 'prohibits use for other commercial purposes',
  5: 'prohibits use outside the direct relationship, combining with data of others included',
  6: 'requires the same level of privacy protection as the law',
  7: 'lets the Business make sure that the use is as agreed, audits included',
  8: 'requires notice when the service provider can no longer meet its obligations',
  9: 'lets the Business stop and remediate unauthorised use',
  10: 'requires the Business to enable, or inform of, consumer requests to be complied with',
};

/** The numbers of the contract terms, 1 to 10. */
export const CONTRACT_TERM_NUMBERS: readonly number[] = Object.keys(CONTRACT_TERMS).map(Number);

/** How an agreement runs in time. `effectiveTo` is the first instant after it; null while no end is known. */
export interface AgreementTerm {
  readonly effectiveFrom: Date;
  readonly effectiveTo: Date | null;

  /** Calendar days after the end in which what is held may still be deleted or returned, and nothing else. */
  readonly windDownDays: number;
}

/**
 * How the agreement stands. OWN_BUSINESS is where we are the Business ourselves and need none. LEAVING is where
 * everything is being erased, or has been, by the Business's own order: nothing more comes in, whatever is agreed.
 */
export type Standing = 'NONE' | 'IN_FORCE' | 'WIND_DOWN' | 'ENDED' | 'OWN_BUSINESS' | 'LEAVING';

/**
 * Refuses an agreement that is not one of a service provider (Reg. 7051(a), R-03). Throws
 * `AGREEMENT_TERMS_INCOMPLETE` unless every purpose named is a specific one, there is at least one, and all ten
 * terms are confirmed; the message names missing terms by number.
 */
export function assertComplete(
  purposes: readonly string[],
  checklist: readonly number[],
): asserts purposes is readonly ContractPurpose[] {
  const missing = CONTRACT_TERM_NUMBERS.filter((number) => !checklist.includes(number));
  if (missing.length > 0) {
    throw incomplete(`The agreement does not confirm 11 CCR 7051(a) item ${missing.join(', ')}.`);
  }
  if (purposes.length === 0 || !purposes.every(isContractPurpose)) {
    throw incomplete(
      `The agreement must name specific business purposes, of ${CONTRACT_PURPOSES.join(', ')} (11 CCR 7051(a)(2)).`,
    );
  }
}

/** Says whether `text` names a purpose that an agreement can name. */
export const isContractPurpose = (text: string): text is ContractPurpose =>
  (CONTRACT_PURPOSES as readonly string[]).includes(text);

/** The first instant after the wind-down: the midnight in `zone` that ends its last calendar day. Null without an end. */
export const windDownEnd = ({ effectiveTo, windDownDays }: AgreementTerm, zone: string): Date | null =>
  effectiveTo === null
    ? null
    : windDownDays === 0
      ? effectiveTo
      : startOfDay(addDays(localDate(effectiveTo, zone), windDownDays + 1), zone);

/**
 * How the agreement stands at `at`. Of several, the one that governs is given: of those that have begun, the one
 * that began last; an earlier one does not come back to life when it ends.
 */
export function standingOf(agreement: AgreementTerm | null, at: Date, zone: string): Standing {
  if (agreement === null || at < agreement.effectiveFrom) return 'NONE';
  const { effectiveTo } = agreement;
  if (effectiveTo === null || at < effectiveTo) return 'IN_FORCE';
  const end = windDownEnd(agreement, zone);
  return end !== null && at < end ? 'WIND_DOWN' : 'ENDED';
}

/** Refuses to process without an agreement in force (R-03, Reg. 7050(e)). Throws `AGREEMENT_NOT_IN_FORCE`, `TENANT_LEAVING`. */
export function assertInForce(standing: Standing): void {
  if (standing === 'IN_FORCE' || standing === 'OWN_BUSINESS') return;
  if (standing === 'LEAVING') throw tenantLeaving();
  throw new DomainError('AGREEMENT_NOT_IN_FORCE', 'No Service Provider Agreement is in force.');
}

/** Refuses an order that no agreement carries; in the wind-down DELETE and RETURN are carried. Throws `AGREEMENT_NOT_IN_FORCE`, `TENANT_LEAVING`. */
export function assertInstructable(standing: Standing, type: InstructionType): void {
  if (standing === 'WIND_DOWN' && (type === 'DELETE' || type === 'RETURN')) return;
  assertInForce(standing);
}

/** The refusal of whatever comes in after a Business has ordered that everything be erased, or returned first. */
export const tenantLeaving = (): DomainError =>
  new DomainError(
    'TENANT_LEAVING',
    'Everything is being returned or erased by your own order. Nothing more is taken in, and no further order is needed.',
  );

const incomplete = (message: string): DomainError => new DomainError('AGREEMENT_TERMS_INCOMPLETE', message);
