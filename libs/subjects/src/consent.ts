import { type ConsentId } from '@personr/kernel';
import { type ConsentSpan } from '@personr/law';

/**
 * What a consumer agreed to, as it comes in. `policy` and `version` are codes of capitals, digits and a few signs,
 * so that nothing about a person fits into them. `ref` names it among the consents of one body.
 */
export type NewConsent = {
  readonly policy: string;
  readonly version: string;
  readonly givenAt: Date;
  readonly ref?: string;
};

/** A consent as it is kept. */
export type Consent = ConsentSpan &
  Omit<NewConsent, 'ref'> & {
    readonly id: ConsentId;
    readonly createdAt: Date;
  };
