import { DomainError } from '@personr/kernel';
import { type Role } from '@personr/law';
import { type TermsInForce } from '@personr/terms';

/**
 * Refuses data of the other role: a client's tenant holds what we process as a service provider, the built-in one
 * what we hold as a Business, and neither both. The database refuses it too. Throws `ROLE_NOT_OF_TENANT`.
 */
export function assertRole({ role: own }: TermsInForce, role: Role = own): void {
  if (role === own) return;
  throw new DomainError('ROLE_NOT_OF_TENANT', `Under this tenant only data of role ${own} is held.`);
}
