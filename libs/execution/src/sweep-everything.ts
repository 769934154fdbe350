import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { Clock, type InstructionId, type SubjectId, type TenantId } from '@personr/kernel';
import { ownerOfParts } from '@personr/packages';
import { type KeyedRow, type Store, Stores } from '@personr/stores';
import { remainingSubjects, removeSubjects } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type Owner, Vault } from '@personr/vault';
import { SYSTEM } from './execution.events.js';
import { SearchAfresh } from './search-afresh.js';

const PAGE = 200;
/** Keys are made before the row that they are for; after so long no intake is still between the two. */
const INTAKE_MILLISECONDS = 3_600_000;
const UUID_TIME_DIGITS = 12;

/** What a sweep over a tenant searched and what it found. */
export type TenantSweep = {
  readonly tenantId: TenantId;
  /** Erasures of whole subjects that were said to be complete: everything of them was looked for again. */
  readonly erasures: number;
  /** Subjects of those of whom something was found. It was removed. */
  readonly residues: number;
  /** Of those, the ones of whom something is left all the same. */
  readonly left: number;
  /** Sealed values and documents that were looked at. */
  readonly rows: number;
  /** Those whose key does not exist, so that nobody can open them. They stay: whoever has the wrong key store must not lose data. */
  readonly rowsWithoutKey: number;
  /** Keys' owners without a subject: of an intake that broke off. Nothing is sealed under them. */
  readonly keysWithoutSubject: number;
  /** Retired roots that had come back on a replica of the keyring. They were destroyed again. */
  readonly rootsReturned: number;
};

type Erased = { readonly instructionId: InstructionId; readonly subjectId: SubjectId };

/** Looks again at everything that was ever erased, and at everything that is held. */
@Injectable()
export class SweepEverything {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly stores: Stores,
    private readonly search: SearchAfresh,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Sweeps one tenant, page by page. What is found of somebody who was erased is removed from every store, with an entry
   * `erasure.residue_found` for each; all else is counted. Safe to call again and beside everything else.
   */
  async run(tenantId: TenantId): Promise<TenantSweep> {
    const { rootsReturned } = await this.vault.sweep(tenantId);
    const erased = await this.erased(tenantId);
    const held = await this.held(tenantId);
    const keysWithoutSubject = await this.keysWithoutSubject(tenantId);
    return { tenantId, ...erased, ...held, keysWithoutSubject, rootsReturned };
  }

  private async erased(tenantId: TenantId) {
    let [erasures, residues, left] = [0, 0, 0];
    for (let after: InstructionId | null = null; ;) {
      const page: Erased[] = await this.tenancy.forTenant(tenantId, (tx) => completed(tx, after));
      const found = await this.residuesOf(tenantId, page);
      if (found.length > 0) {
        await this.remove(tenantId, found);
        left += (await this.residuesOf(tenantId, found)).length;
      }
      erasures += page.length;
      residues += found.length;
      if (page.length < PAGE) return { erasures, residues, left };
      after = page.at(-1)?.instructionId ?? null;
    }
  }

  private async residuesOf(tenantId: TenantId, page: readonly Erased[]): Promise<Erased[]> {
    const subjects = [...new Set(page.map(({ subjectId }) => subjectId))];
    const { left, underWay } = await this.search.ofWhole(tenantId, subjects);
    return page.filter(({ subjectId }) => left.has(subjectId) || underWay.has(subjectId));
  }

  private async remove(tenantId: TenantId, found: readonly Erased[]): Promise<void> {
    const scopes = [...new Set(found.map(({ subjectId }) => subjectId))].map((subjectId) => ({ subjectId }));
    for (const store of this.stores.all()) {
      const part = await this.tenancy.forTenant(tenantId, async (tx) => store.outside?.(tx, scopes));
      await part?.remove();
    }
    await this.tenancy.forTenant(tenantId, async (tx) => {
      for (const store of this.stores.all()) await store.eraseRows(tx, scopes);
      await removeSubjects(
        tx,
        scopes.map(({ subjectId }) => subjectId),
      );
      const at = this.clock.now();
      await this.audit.appendAll(
        tx,
        found.map(({ instructionId }) => ({
          event: 'erasure.residue_found' as const,
          at,
          actor: SYSTEM,
          instructionId,
          reasonCode: 'RESIDUAL_DATA_FOUND',
        })),
      );
    });
  }

  private async held(tenantId: TenantId): Promise<{ rows: number; rowsWithoutKey: number }> {
    let [rows, rowsWithoutKey] = [0, 0];
    for (const store of this.stores.all()) {
      for (let after: string | null = null; ;) {
        const page: readonly KeyedRow[] = await this.tenancy.forTenant(tenantId, (tx) =>
          pageOf(store, tx, after),
        );
        const gone = new Set(await this.vault.gone(tenantId, [...new Set(page.map(({ keyId }) => keyId))]));
        rows += page.length;
        rowsWithoutKey += page.filter(({ keyId }) => gone.has(keyId)).length;
        if (page.length < PAGE) break;
        after = page.at(-1)?.id ?? null;
      }
    }
    return { rows, rowsWithoutKey };
  }

  private async keysWithoutSubject(tenantId: TenantId): Promise<number> {
    let count = 0;
    for (let after: Owner | null = null; ;) {
      const page = await this.vault.owners(tenantId, { tree: 'SUBJECTS', after, limit: PAGE });
      const owners = page.filter(({ isHouse }) => !isHouse).map(({ owner }) => owner as SubjectId);
      const settled = owners.filter((id) => this.clock.now().getTime() - madeAt(id) > INTAKE_MILLISECONDS);
      count += await this.tenancy.forTenant(tenantId, async (tx) => {
        const known = await remainingSubjects(tx, settled);
        return countStrangers(
          tx,
          settled.filter((id) => !known.has(id)),
        );
      });
      if (page.length < PAGE) return count;
      after = page.at(-1)?.owner ?? null;
    }
  }
}

const pageOf = async (store: Store, tx: TenantTx, after: string | null): Promise<readonly KeyedRow[]> =>
  (await store.keyedRows?.(tx, { after, limit: PAGE })) ?? [];

/** Of these owners without a subject, how many are not what everything of the tenant is returned under either. */
async function countStrangers(tx: TenantTx, owners: readonly SubjectId[]): Promise<number> {
  if (owners.length === 0) return 0;
  const orders = owners.map((owner) => ownerOfParts(owner as string as InstructionId));
  const rows = await tx.bulk`
    select from instruction
     where tenant_id = ${tx.tenantId} and id = any(${orders}::uuid[]) and type = 'RETURN' and whole_tenant`;
  return owners.length - rows.length;
}

/** When an id of RFC 9562, version 7, was made: its first 48 bits, in milliseconds. */
const madeAt = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, UUID_TIME_DIGITS), 16);

/** Erasures of whole subjects that are complete without exceptions. Of whom something came in after what was returned is none. */
async function completed(tx: TenantTx, after: InstructionId | null): Promise<Erased[]> {
  const rows = await tx.bulk`
    select id, subject_id from instruction i
     where tenant_id = ${tx.tenantId} and (${after}::uuid is null or id > ${after}::uuid) and state = 'COMPLETED'
       and subject_id is not null and cardinality(scope_elements) = 0 and erased_at is not null
       and not (type = 'RETURN' and exists (
             select from execution_step s
              where s.tenant_id = i.tenant_id and s.instruction_id = i.id and s.name = 'MARK_ERASING'
                and (s.outcome ->> 'hasLater')::boolean))
     order by id limit ${PAGE}`;
  return rows.map((row) => ({
    instructionId: row.id as InstructionId,
    subjectId: row.subject_id as SubjectId,
  }));
}
