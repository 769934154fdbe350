import { DomainError } from '@personr/kernel';
import { assertLabels } from './grow-owner.js';
import { normalise } from './identity.js';
import { type Admission, type Identity } from './vault.js';

type Judged = Pick<Admission, 'identities' | 'labels'>;

/**
 * Judges an admission as `Vault.admitAll` will, so that one that it would refuse need not spoil a batch. Returns
 * the external id. Throws `VALIDATION_FAILED`.
 */
export function assertAdmission({ identities, labels }: Judged): Identity {
  const [externalId, another] = identities.filter(({ type }) => type === 'EXTERNAL_ID');
  if (externalId === undefined || another !== undefined) {
    throw new DomainError('VALIDATION_FAILED', 'A subject is admitted by exactly one external id.');
  }
  if (identities.some((identity) => normalise(identity) === '')) {
    throw new DomainError('VALIDATION_FAILED', 'An identity is empty.');
  }
  assertLabels(labels);
  return externalId;
}
