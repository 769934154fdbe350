import { type DocumentId, type InstructionId, type SubjectId, type TenantId } from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { type ObjectStore, objectNameOf, type Stores } from '@personr/stores';
import {
  keepStanding,
  removeSubjects,
  replayReferences,
  restrictHeld,
  restrictKept,
} from '@personr/subjects';
import { type Tenancy, type TenantTx } from '@personr/tenancy';
import { type LedgerLine, type Vault } from '@personr/vault';
import {
  clearQuarantine,
  quarantine,
  referencesOf,
  removeSealedRows,
  sealedRowsAfter,
  sealedRowsOf,
  type SealedRow,
} from './replay.repository.js';

/** What erasures are done again with. */
export type EraseAgainParts = {
  readonly tenancy: Tenancy;
  readonly vault: Vault;
  readonly stores: Stores;
  readonly objects: ObjectStore;
};

const LINES = 500;
const ROWS = 2000;

type Shredded = LedgerLine & { readonly subjectId: SubjectId };

/**
 * Goes through the erasure ledger, page by page, and removes what a data database of an earlier time has of whoever it
 * names: rows and documents whose keys are gone, and nothing whose key lives. What holds kept from them is used for their
 * ground alone again. Safe to call again.
 */
export async function eraseAgain(
  parts: EraseAgainParts,
  tenantId: TenantId,
): Promise<{ erasures: number; rows: number; hasLeft: boolean }> {
  const counts = { erasures: 0, rows: 0, hasLeft: false };
  let leftBy: InstructionId | null = null;
  let page: Shredded[] = [];
  const flush = async () => {
    counts.erasures += page.length;
    if (page.length > 0) counts.rows += await erasePage(parts, tenantId, page);
    page = [];
  };
  for await (const line of parts.vault.ledger(tenantId)) {
    if (line.shreddedAt === null) continue;
    if (line.subjectId === null) leftBy = line.scope === 'TENANT' ? line.instructionId : leftBy;
    else page.push({ ...line, subjectId: line.subjectId });
    if (page.length === LINES) await flush();
  }
  await flush();
  if (leftBy === null) return counts;
  const by = leftBy;
  await parts.tenancy.forTenant(tenantId, async (tx) => {
    await keepStanding(tx, by);
    await restrictKept(tx, by);
  });
  return { ...counts, hasLeft: true };
}

async function erasePage(
  { tenancy, vault, stores, objects }: EraseAgainParts,
  tenantId: TenantId,
  lines: readonly Shredded[],
): Promise<number> {
  const subjects = [...new Set(lines.map(({ subjectId }) => subjectId))];
  const left = await vault.remainingAll(tenantId, subjects);
  const whole = new Set(
    lines.filter(({ elements }) => elements.length === 0).map(({ subjectId }) => subjectId),
  );
  const gone = subjects.filter((id) => whole.has(id) && !left.has(id));
  const rows = await tenancy.forTenant(tenantId, (tx) => sealedRowsOf(tx, subjects));
  const keyless = await withoutKey(vault, tenantId, rows);
  await removeObjects(objects, tenantId, keyless);
  const scopes = gone.map((subjectId) => ({ subjectId }));
  for (const store of stores.all()) {
    const outside = await tenancy.forTenant(tenantId, async (tx) => store.outside?.(tx, scopes));
    await outside?.remove();
  }
  await tenancy.forTenant(tenantId, async (tx) => {
    await removeSealedRows(tx, keyless);
    for (const store of stores.all()) await store.eraseRows(tx, scopes);
    await removeSubjects(tx, gone);
    await restrictHeld(tx, lines.map(orderedOf));
    const staying = await returnedAndStaying(tx, lines, left);
    const suppressed = lines.filter(
      ({ subjectId, instructionId }) => whole.has(subjectId) && !staying.has(instructionId),
    );
    await replayReferences(tx, await referencesOf(tx, suppressed));
  });
  return keyless.length;
}

/** Those RETURNs whose subject stays, because something came in after what was returned: it is not kept from coming back. */
async function returnedAndStaying(
  tx: TenantTx,
  lines: readonly Shredded[],
  left: ReadonlyMap<unknown, unknown>,
): Promise<ReadonlySet<InstructionId>> {
  const ids = lines.flatMap(({ subjectId, instructionId }) => (left.has(subjectId) ? [instructionId] : []));
  if (ids.length === 0) return new Set();
  const rows = await tx.bulk`
    select id from instruction where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[]) and type = 'RETURN'`;
  return new Set(rows.map(({ id }) => id as InstructionId));
}

/** What an erasure was ordered of: everything when no elements are named. */
const orderedOf = ({ subjectId, elements }: Shredded) =>
  elements.length === 0 ? { subjectId } : { subjectId, elements: elements as readonly ElementCode[] };

/**
 * Looks at every sealed row that is left. One that nobody can open is set apart, never deleted: no erasure accounts for it,
 * so it is the key store that may be wrong. Of a tenant that has left, everything without a key goes.
 */
export async function quarantineRest(
  parts: EraseAgainParts,
  tenantId: TenantId,
  { hasLeft, ...reason }: { hasLeft: boolean; restoreId: string; at: Date },
): Promise<{ removed: number; quarantined: number }> {
  let count = 0;
  await parts.tenancy.forTenant(tenantId, clearQuarantine);
  for await (const keyless of keylessRows(parts, tenantId)) {
    count += keyless.length;
    if (hasLeft) await removeObjects(parts.objects, tenantId, keyless);
    await parts.tenancy.forTenant(tenantId, (tx: TenantTx) =>
      hasLeft ? removeSealedRows(tx, keyless) : quarantine(tx, keyless, reason),
    );
  }
  return hasLeft ? { removed: count, quarantined: 0 } : { removed: 0, quarantined: count };
}

/** Every sealed row without a key, by page. */
async function* keylessRows(
  { tenancy, vault }: EraseAgainParts,
  tenantId: TenantId,
): AsyncIterable<SealedRow[]> {
  for (const store of ['record', 'document'] as const) {
    let after: string | null = null;
    do {
      const place: { after: string | null; limit: number } = { after, limit: ROWS };
      const page: SealedRow[] = await tenancy.forTenant(tenantId, (tx) => sealedRowsAfter(tx, store, place));
      const keyless = await withoutKey(vault, tenantId, page);
      if (keyless.length > 0) yield keyless;
      after = page.length < ROWS ? null : (page.at(-1)?.id ?? null);
    } while (after !== null);
  }
}

async function withoutKey(
  vault: Vault,
  tenantId: TenantId,
  rows: readonly SealedRow[],
): Promise<SealedRow[]> {
  const gone = new Set(await vault.gone(tenantId, [...new Set(rows.map(({ keyId }) => keyId))]));
  return rows.filter(({ keyId }) => gone.has(keyId));
}

async function removeObjects(
  objects: ObjectStore,
  tenantId: TenantId,
  rows: readonly SealedRow[],
): Promise<void> {
  for (const { store, subjectId, id } of rows) {
    if (store !== 'document') continue;
    await objects.remove({ prefix: objectNameOf(tenantId, { subjectId, id: id as DocumentId }) });
  }
}
