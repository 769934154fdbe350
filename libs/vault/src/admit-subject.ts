import { DomainError, type SubjectId, type TenantId } from '@personr/kernel';
import { assertLabels, growBranch, type GrownBranch, keysByLabel } from './grow-branch.js';
import { type OpenHouse, withIndexKey } from './house.js';
import { normalise, tagOf } from './identity.js';
import { findOwners, lockTag, upsertEntries } from './index.repository.js';
import { type KeyStore } from './key-store.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type Admission, type Admitted, type Identity } from './vault.js';

/** Keeps the promise of `Vault.admit`. */
export async function admitSubject(
  { database, keyring, clock }: KeyStore,
  tenantId: TenantId,
  admission: Admission,
): Promise<Admitted> {
  const externalId = theExternalId(admission);
  assertLabels(admission.labels);
  const labels = [...new Set([...admission.labels, ...admission.identities.map(({ type }) => type)])];
  return database.forTenant(tenantId, 'SHARED', (tx) =>
    withIndexKey(tx, keyring, async (house) => {
      const owner = await claim(tx, tagOf(house.indexKey, externalId), admission.candidate);
      const wanted = { owner, labels, at: clock.now(), expiresAt: null };
      const branch = await growBranch(tx, house.root, wanted);
      await indexAll(tx, house, { owner, branch, identities: admission.identities });
      return { subjectId: owner, keys: keysByLabel(branch) };
    }),
  );
}

function theExternalId({ identities }: Admission): Identity {
  const [externalId, another] = identities.filter(({ type }) => type === 'EXTERNAL_ID');
  if (externalId === undefined || another !== undefined) {
    throw new DomainError('VALIDATION_FAILED', 'A subject is admitted by exactly one external id.');
  }
  if (identities.some((identity) => normalise(identity) === '')) {
    throw new DomainError('VALIDATION_FAILED', 'An identity is empty.');
  }
  return externalId;
}

async function claim(tx: KeyStoreTx, tag: Buffer, candidate: SubjectId): Promise<SubjectId> {
  await lockTag(tx, tag);
  const [owner] = await findOwners(tx, 'EXTERNAL_ID', tag);
  return owner ?? candidate;
}

type Entries = { owner: SubjectId; branch: GrownBranch; identities: readonly Identity[] };

async function indexAll(tx: KeyStoreTx, house: OpenHouse, entries: Entries): Promise<void> {
  const found = entries.identities.flatMap((identity) => {
    const leaf = entries.branch.leaves.get(identity.type);
    const tag = tagOf(house.indexKey, identity);
    return leaf === undefined ? [] : [{ type: identity.type, tag, owner: entries.owner, keyId: leaf.keyId }];
  });
  await upsertEntries(tx, [...new Map(found.map((entry) => [entry.tag.toString('hex'), entry])).values()]);
}
