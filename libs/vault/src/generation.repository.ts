import { type KeyId } from '@personr/kernel';
import { type KeyStoreTx } from './key-store.database.js';
import { lockOf } from './keys.repository.js';
import { keysIn, type PackId } from './pack.js';
import { type Owner } from './vault.js';
import { type LabelledKey } from './vault.erasure.js';

/** Begins a new generation of the owner's keys, after whoever is adding some has ended. */
export async function nextGeneration(tx: KeyStoreTx, owner: Owner): Promise<void> {
  await tx.query(
    "select pg_advisory_xact_lock(hashtext('owner ' || $1::uuid::text), $2::int)",
    lockOf(owner),
  );
  await tx.query('update node set generation = generation + 1 where tenant_id = $1 and owner = $2', owner);
}

/** Hangs the owner's external ids, as the index knows them, on this key, so that they live as long as it. */
export async function hangExternalIds(tx: KeyStoreTx, owner: Owner, keyId: KeyId): Promise<void> {
  await tx.query(
    `update index_entry set key_id = $3
     where tenant_id = $1 and owner = $2 and type = 'EXTERNAL_ID' and key_id <> $3`,
    owner,
    keyId,
  );
}

/** The owner's keys of the generations before its current one, in the order they were made. */
export async function earlierKeys(tx: KeyStoreTx, owner: Owner): Promise<LabelledKey[]> {
  const rows = await tx.query(
    `select p.pack_id, p.labels from pack p join node n using (tenant_id, owner)
     where p.tenant_id = $1 and p.owner = $2 and p.generation < n.generation order by p.pack_id`,
    owner,
  );
  return rows
    .flatMap((row) => keysIn({ packId: row.pack_id as PackId, labels: row.labels as string[] }))
    .map(([label, keyId]) => ({ label, keyId }));
}
