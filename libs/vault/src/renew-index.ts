import { type TenantId } from '@personr/kernel';
import { growOwners } from './grow-owners.js';
import { withIndex } from './house.js';
import { countEntries, holdEntries, moveEntries } from './index.repository.js';
import { type KeyStore } from './key-store.js';
import { keysOfAll } from './keys.repository.js';
import { markUnguessable } from './ledger.repository.js';
import { generationLabel } from './open-index.js';
import { findRoot, unknownTenant } from './roots.repository.js';
import { rotateRoots } from './rotate-root.js';
import { settleRoots } from './settle-roots.js';

const BATCH_ENTRIES = 2000;

/**
 * Keeps the promise of `Vault.renewIndex`. Each step commits: a new generation is begun; the entries of all others move
 * over in batches, while lookups look into each; their keys are shredded when nothing is left below them. A call after
 * a crash begins one more generation instead of finishing the last: into that, somebody may have been moved who was
 * erased since, and only the shredding of its key ends guesses at them.
 */
export async function renewIndex(
  store: KeyStore,
  tenantId: TenantId,
): Promise<{ readonly entries: number; readonly renewedAt: Date }> {
  const begunAt = store.clock.now();
  const { old, next } = await beginGeneration(store, tenantId);
  let entries = 0;
  for (;;) {
    for (const generation of old) entries += await moveAll(store, tenantId, { from: generation, to: next });
    const renewedAt = await shredGenerations(store, tenantId, { old, begunAt });
    if (renewedAt !== null) return { entries, renewedAt };
  }
}

async function beginGeneration(
  store: KeyStore,
  tenantId: TenantId,
): Promise<{ old: readonly number[]; next: number }> {
  const { generations, house } = await withIndex(store, tenantId, (_, { index, reading }) =>
    Promise.resolve({ generations: index.all, house: reading.house }),
  );
  const next = Math.max(...generations) + 1;
  const wanted = [{ owner: house, labels: [generationLabel(next)], expiresAt: null }];
  await growOwners(store, { tenantId, tree: 'SUBJECTS', wanted }, () => undefined);
  return { old: generations, next };
}

/** Entries that another transaction holds are passed over, so the generation is asked until it is empty. */
async function moveAll(
  store: KeyStore,
  tenantId: TenantId,
  { from, to }: { from: number; to: number },
): Promise<number> {
  let entries = 0;
  for (;;) {
    const { moved, left } = await withIndex(store, tenantId, async (tx, { index }) => {
      const held = await holdEntries(tx, from, BATCH_ENTRIES);
      if (held.length === 0) return { moved: 0, left: await countEntries(tx, from) };
      const macs = index.macsOf(
        from,
        held.map(({ tag }) => tag),
      );
      const tags = index.tags(to, macs).map((tag) => ({ generation: to, tag }));
      await moveEntries(tx, held, tags);
      return { moved: held.length, left: 1 };
    });
    entries += moved;
    if (left === 0) return entries;
  }
}

/** Null, and nothing done, when an admission that began before the new generation has written into an old one since. */
async function shredGenerations(
  store: KeyStore,
  tenantId: TenantId,
  { old, begunAt }: { old: readonly number[]; begunAt: Date },
): Promise<Date | null> {
  const rotated = await store.database.forTenant(tenantId, 'EXCLUSIVE', async (tx) => {
    const root = await findRoot(tx, 'SUBJECTS');
    if (root === null) throw unknownTenant();
    for (const generation of old) if ((await countEntries(tx, generation)) > 0) return null;
    const keys = await keysOfAll(tx, [{ owner: root.house, labels: old.map(generationLabel) }]);
    return rotateRoots(store, tx, [{ instructionId: null, keyIds: keys.get(root.house) ?? [] }]);
  });
  if (rotated === null) return null;
  return settleRoots(store, tenantId, rotated, async (tx) => {
    const at = store.clock.now();
    await markUnguessable(tx, begunAt, at);
    return at;
  });
}
