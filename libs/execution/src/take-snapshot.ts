import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { type FrozenConsent, moveInstructions, type Snapshot, writeStep } from '@personr/instruction';
import { Clock, type ConsentId, type KeyId, type SubjectId, type TenantId } from '@personr/kernel';
import { documentLabel, listDocuments } from '@personr/stores';
import { lockSubjects, openSubject } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { holdLease } from '@personr/work';
import { type SubjectExecution } from './execution.js';
import { entryOf, SYSTEM } from './execution.events.js';

const PAGE = 500;

/** Freezes what a RETURN is about. */
@Injectable()
export class TakeSnapshot {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Waits for whoever is writing about the subject, begins a new generation of its keys, and writes down those of before,
   * under which nothing is kept from then on: what comes in later lies under others. An upload under way is not part of it.
   * One that was taken before is taken. Throws `LEASE_LOST`, `SUBJECT_NOT_FOUND`, `SUBJECT_BEING_ERASED`.
   */
  run(tenantId: TenantId, execution: SubjectExecution): Promise<Snapshot> {
    const known = execution.steps.get('SNAPSHOT');
    if (known?.done === true) return Promise.resolve(known.outcome as Snapshot);
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const at = this.clock.now();
      const { lease, subjectId, instruction } = execution;
      await holdLease(tx, lease, at);
      await lockSubjects(tx, [subjectId]);
      await openSubject(tx, subjectId);
      const keyIds = await this.closeKeys(tx, subjectId);
      const snapshot = { takenAt: at.toISOString(), keyIds, consents: await consentsOf(tx, subjectId) };
      const done = keyIds.length;
      const { id } = instruction;
      await writeStep(tx, { id, name: 'SNAPSHOT', at }, { outcome: snapshot, doneAt: at, done, total: done });
      await writeStep(
        tx,
        { id, name: 'BUILD_PACKAGE', at },
        { outcome: null, doneAt: null, done: 0, total: 1 },
      );
      await moveInstructions(tx, [{ id, moves: [{ event: 'package.started', to: 'PACKAGING' }] }], at);
      await this.audit.append(
        tx,
        entryOf(execution, { event: 'package.started', at, actor: SYSTEM, to: 'PACKAGING' }),
      );
      return snapshot;
    });
  }

  /** The keys of everything that is held now, but for those of uploads, which have one each. */
  private async closeKeys(tx: TenantTx, subjectId: SubjectId): Promise<KeyId[]> {
    const earlier = await this.vault.openGeneration(tx.tenantId, subjectId);
    const documents = new Set<string>();
    for (let after: Parameters<typeof listDocuments>[1]['after'] = null; ;) {
      const page = await listDocuments(tx, { subjectId, limit: PAGE, after });
      for (const { id } of page) documents.add(documentLabel(id));
      if (page.length < PAGE) break;
      after = page.at(-1)?.id ?? null;
    }
    return earlier
      .filter(({ label }) => !label.startsWith(documentLabel('' as never)) || documents.has(label))
      .map(({ keyId }) => keyId);
  }
}

async function consentsOf(tx: TenantTx, subjectId: SubjectId): Promise<FrozenConsent[]> {
  const rows = await tx.consent.findMany({
    where: { tenantId: tx.tenantId, subjectId },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ id, policy, version, givenAt, withdrawnAt }) => ({
    id: id as ConsentId,
    policy,
    version,
    givenAt: givenAt.toISOString(),
    withdrawnAt: withdrawnAt?.toISOString() ?? null,
  }));
}
