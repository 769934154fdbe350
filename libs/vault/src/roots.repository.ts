import { DomainError, type InstructionId, type KeyId } from '@personr/kernel';
import { type KeyStoreTx } from './key-store.database.js';
import { type RootId } from './keyring.js';
import { type Shredding } from './vault.js';

/** The id of the root in force and whether house keys hang below it; null when the tenant was never opened. */
export async function findRoot(tx: KeyStoreTx): Promise<{ rootId: RootId; opened: boolean } | null> {
  const [row] = await tx.query(
    'select root_id, opened_at is not null as opened from tenant_root where tenant_id = $1',
  );
  return row === undefined ? null : { rootId: row.root_id as RootId, opened: row.opened as boolean };
}

/** The id of the root in force. Throws `KEY_STORE_STALE` when the tenant is not open. */
export async function rootInForce(tx: KeyStoreTx): Promise<RootId> {
  const root = await findRoot(tx);
  if (!root?.opened) throw unknownTenant();
  return root.rootId;
}

/** Names the tenant's first root, before it is made. */
export async function insertRoot(tx: KeyStoreTx, rootId: RootId): Promise<void> {
  await tx.query('insert into tenant_root (tenant_id, root_id) values ($1, $2)', rootId);
}

/** Declares the tenant open: its root is on every replica and its house keys hang below it. */
export async function markOpened(tx: KeyStoreTx, at: Date): Promise<void> {
  await tx.query('update tenant_root set opened_at = $2 where tenant_id = $1', at);
}

/** Writes without changing: once this commits, every earlier commit is as durable as this one. */
export async function touchRoot(tx: KeyStoreTx): Promise<void> {
  await tx.query('update tenant_root set version = version where tenant_id = $1');
}

/** Puts `to` in force and retires `from`. False, and nothing done, unless `from` is in force and no node is left under it. */
export async function replaceRoot(tx: KeyStoreTx, from: RootId, to: RootId, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `with replaced as (
       update tenant_root set root_id = $3, version = version + 1
       where tenant_id = $1 and root_id = $2
         and not exists (select from node where tenant_id = $1 and root_id <> $3)
       returning tenant_id
     )
     insert into retired_root (tenant_id, root_id, retired_at) select tenant_id, $2, $4 from replaced
     returning root_id`,
    from,
    to,
    at,
  );
  return rows.length === 1;
}

/** Retired roots whose destruction has not been recorded. */
export async function pendingRoots(tx: KeyStoreTx): Promise<RootId[]> {
  const rows = await tx.query(
    'select root_id from retired_root where tenant_id = $1 and destroyed_at is null',
  );
  return rows.map((row) => row.root_id as RootId);
}

/** Records that these roots are gone, and with them what every unsealed line of the ledger shredded. */
export async function markDestroyed(tx: KeyStoreTx, roots: readonly RootId[], at: Date): Promise<void> {
  await tx.query(
    'update retired_root set destroyed_at = $3 where tenant_id = $1 and root_id = any($2::uuid[])',
    roots,
    at,
  );
  await tx.query(
    `update erasure_ledger set sealed_at = $3, roots_destroyed = roots_destroyed + $2
     where tenant_id = $1 and sealed_at is null`,
    roots.length,
    at,
  );
}

export type LedgerLine = {
  readonly instructionId: InstructionId;
  readonly keyIds: readonly KeyId[];
  readonly at: Date;
};

/** Adds keys to the instruction's line. A line that gains a key is unsealed again; otherwise it stays as it was. */
export async function writeLedger(tx: KeyStoreTx, line: LedgerLine): Promise<void> {
  await tx.query(
    `insert into erasure_ledger as line (tenant_id, instruction_id, key_ids, shredded_at) values ($1, $2, $3, $4)
     on conflict (tenant_id, instruction_id) do update
     set key_ids = line.key_ids || excluded.key_ids, shredded_at = excluded.shredded_at, sealed_at = null
     where cardinality(excluded.key_ids) > 0`,
    line.instructionId,
    line.keyIds,
    line.at,
  );
}

/** What the ledger says of an instruction. Throws `ERASURE_INCOMPLETE` unless its line is sealed. */
export async function readLedger(tx: KeyStoreTx, instructionId: InstructionId): Promise<Shredding> {
  const [row] = await tx.query(
    `select sealed_at, cardinality(key_ids) as keys, roots_destroyed from erasure_ledger
     where tenant_id = $1 and instruction_id = $2 and sealed_at is not null`,
    instructionId,
  );
  if (row === undefined) {
    throw new DomainError('ERASURE_INCOMPLETE', 'The ledger has no sealed line for this instruction.');
  }
  const sealedAt = row.sealed_at as Date;
  return {
    sealedAt,
    unreadableAt: sealedAt,
    keysShredded: row.keys as number,
    rootsDestroyed: row.roots_destroyed as number,
  };
}

/** The refusal of a tenant the key store does not know. */
export const unknownTenant = () =>
  new DomainError('KEY_STORE_STALE', 'The key store does not know this tenant: is it the right one?');
