import { type ApiClientId, DomainError } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type ApiClient, type Granter } from './api-client.js';
import { countAdmins, findClient, lockClients } from './api-client.repository.js';
import { type Scope } from './scope.js';

const notFound = (): DomainError => new DomainError('API_CLIENT_NOT_FOUND', 'There is no such API client.');

/** The client. Throws `API_CLIENT_NOT_FOUND`, alike for unknown and foreign ids. */
export async function knownClient(tx: TenantTx, id: ApiClientId, now: Date): Promise<ApiClient> {
  const client = await findClient(tx, id, now);
  if (client === null) throw notFound();
  return client;
}

/** The client, held until the transaction ends, with all others. Throws `API_CLIENT_NOT_FOUND`. */
export async function heldClient(tx: TenantTx, id: ApiClientId, now: Date): Promise<ApiClient> {
  await lockClients(tx);
  return knownClient(tx, id, now);
}

/** Throws `API_CLIENT_REVOKED` for a client that can never sign in again. */
export function assertNotRevoked({ revokedAt }: ApiClient): void {
  if (revokedAt !== null) {
    throw new DomainError('API_CLIENT_REVOKED', 'The API client is revoked for good. Register another.');
  }
}

/** Throws `SCOPE_NOT_GRANTABLE` unless the granter holds all of these: nobody gives what it has not. */
export function assertGrantable({ scopes: held }: Granter, given: readonly Scope[]): void {
  if (given.some((scope) => !held.includes(scope))) {
    throw new DomainError(
      'SCOPE_NOT_GRANTABLE',
      'Your own token must hold every scope that you give, and every scope of a client whose credential you set.',
    );
  }
}

/** Throws `LAST_ADMIN` unless someone is left who can administer, so that the caller's transaction comes to nothing. */
export async function assertAdminLeft(tx: TenantTx): Promise<void> {
  if ((await countAdmins(tx)) === 0) {
    throw new DomainError(
      'LAST_ADMIN',
      'No API client that can sign in would hold the scope admin any more. Register another first.',
    );
  }
}
