import { DomainError } from '@personr/kernel';
import { type ClientName } from './client-id.js';

/** Why nobody was let in. For our own count; outside, only what a proven client may know is told apart. */
export type RefusalReason =
  'CLIENT' | 'METHOD' | 'SECRET' | 'ASSERTION' | 'KEY' | 'SIGNATURE' | 'CLAIMS' | 'REPLAY' | 'STANDING';

const ALIKE = 'The client or its credential is not right.';

/**
 * A credential that was not taken (`CREDENTIAL_INVALID`), with the reason for whoever counts refusals, and in whose name it
 * was tried, when there is such a client.
 */
export class CredentialRefused extends DomainError {
  constructor(
    readonly reason: RefusalReason,
    sentence: string = ALIKE,
    readonly client: ClientName | null = null,
  ) {
    super('CREDENTIAL_INVALID', sentence);
  }

  /** The same, tried in the name of this client. */
  inNameOf(client: ClientName): CredentialRefused {
    return new CredentialRefused(this.reason, this.message, client);
  }
}
