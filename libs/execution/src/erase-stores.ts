import { Injectable } from '@nestjs/common';
import { type Counts, isWhole, type Outside, Stores } from '@personr/stores';
import { removeSubjects } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type Batch, scopeOf, type StoresOutcome, type SubjectExecution } from './execution.js';
import { RunSteps } from './run-steps.js';

/** Step 6 of an erasure: physical deletion, everywhere. */
@Injectable()
export class EraseStores {
  constructor(
    private readonly steps: RunSteps,
    private readonly tenancy: Tenancy,
    private readonly stores: Stores,
  ) {}

  /**
   * Removes what rests outside the database, every version of it, then rows, by one statement a store for the whole
   * batch, and last the rows of subjects of whom nothing is kept.
   */
  run(batch: Batch): Promise<void> {
    return this.steps.run(batch, {
      name: 'ERASE_STORES',
      act: async (members) => {
        const outside = await this.tenancy.forTenant(batch.tenantId, (tx) => this.outside(tx, members));
        for (const part of outside) await part.remove();
      },
      record: async (tx, { members }) => {
        const scopes = members.map(scopeOf);
        const erased: { store: string; counts: Counts }[] = [];
        for (const store of this.stores.all())
          erased.push({ store: store.name, counts: await store.eraseRows(tx, scopes) });
        await removeSubjects(
          tx,
          scopes.filter(isWhole).map(({ subjectId }) => subjectId),
        );
        return new Map(
          members.map((member) => {
            const before = erasedBefore(member);
            const stores = erased.map(({ store, counts }) => ({
              store,
              erased: (before.get(store) ?? 0) + (counts.get(member.subjectId) ?? 0),
            }));
            return [member.instruction.id, { outcome: { stores }, done: stores.length }];
          }),
        );
      },
    });
  }

  private async outside(tx: TenantTx, members: readonly SubjectExecution[]): Promise<Outside[]> {
    const parts: Outside[] = [];
    for (const store of this.stores.all()) {
      const part = await store.outside?.(tx, members.map(scopeOf));
      if (part !== undefined) parts.push(part);
    }
    return parts;
  }
}

/** What went when the step ended before, if it was opened again. */
function erasedBefore({ steps }: SubjectExecution): ReadonlyMap<string, number> {
  const earlier = steps.get('ERASE_STORES')?.outcome as StoresOutcome | null | undefined;
  return new Map(earlier?.stores.map(({ store, erased }) => [store, erased]));
}
