import { type AgreementTerm, type ContractPurpose } from '@personr/law';
import { type AgreementId } from './terms.js';

export const ANNEX_KINDS = ['AGREEMENT', 'ANNEX', 'APPENDIX'] as const;

/** A document that makes the agreement up, known by its hash. The document itself stays with the parties. */
export type Annex = {
  readonly title: string;
  readonly kind: (typeof ANNEX_KINDS)[number];
  readonly sha256: string;
};

/** A Service Provider Agreement as it comes in: purposes and checklist are not yet judged. */
export type NewAgreement = AgreementTerm & {
  readonly purposes: readonly string[];
  /** The numbers of the terms of 11 CCR 7051(a) that the agreement is confirmed to have. */
  readonly checklist: readonly number[];
  readonly annexes: readonly Annex[];
};

/** A Service Provider Agreement as it is kept. Only its end can change; `edition` counts that. */
export type Agreement = Omit<NewAgreement, 'purposes'> & {
  readonly id: AgreementId;
  readonly purposes: readonly ContractPurpose[];
  readonly edition: number;
  readonly createdAt: Date;
};
