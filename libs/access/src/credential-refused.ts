import { DomainError } from '@personr/kernel';

/** Why nobody was let in. For our own count; outside, only what a proven client may know is told apart. */
export type RefusalReason =
  'CLIENT' | 'METHOD' | 'SECRET' | 'ASSERTION' | 'KEY' | 'SIGNATURE' | 'CLAIMS' | 'REPLAY' | 'STANDING';

const ALIKE = 'The client or its credential is not right.';

/** A credential that was not taken (`CREDENTIAL_INVALID`), with the reason for whoever counts refusals. */
export class CredentialRefused extends DomainError {
  constructor(
    readonly reason: RefusalReason,
    sentence: string = ALIKE,
  ) {
    super('CREDENTIAL_INVALID', sentence);
  }
}
