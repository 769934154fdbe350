import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { moveInstruction } from '@personr/instruction';
import { Clock, DomainError, type KeyId } from '@personr/kernel';
import { type Scope, Stores } from '@personr/stores';
import { countSubject, markErasing, removeSubject, unmarkErasing } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import {
  type Erasure,
  type Marking,
  type ShreddingOutcome,
  type StoresOutcome,
  type SubjectExecution,
  type SweepOutcome,
} from './execution.js';
import { type ExecutionEvent } from './execution.events.js';
import { keyLabelsOf, ownLabels } from './key-labels.js';
import { RunStep } from './run-step.js';
import { findStep, reopenSteps } from './step.repository.js';

const SYSTEM = { kind: 'SYSTEM' } as const;

/** Erases one subject, or the part of it that the instruction names. Keys first: that is what counts. */
@Injectable()
export class EraseSubject {
  constructor(
    private readonly steps: RunStep,
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly stores: Stores,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Marks, shreds, erases, and searches afresh. Returns only when nothing is left; may run again from any point.
   * Throws `ERASURE_INCOMPLETE` when something was left: keys and rows are then visited again on the next run.
   */
  async run(execution: SubjectExecution): Promise<Erasure> {
    const marking = await this.mark(execution);
    const shredding = await this.shred(execution);
    const stores = await this.eraseStores(execution);
    const sweep = await this.sweep(execution);
    return { marking, shredding, stores, sweep };
  }

  private mark(execution: SubjectExecution): Promise<Marking> {
    const { instruction, subjectId } = execution;
    return this.steps.run(execution, {
      name: 'MARK_ERASING',
      record: async (tx, _, at) => {
        const found = await markErasing(tx, subjectId, {
          by: instruction.id,
          isWhole: instruction.scopeElements.length === 0,
        });
        await moveInstruction(tx, {
          id: instruction.id,
          moves: [{ event: 'erasure.started', to: 'ERASING' }],
          at,
        });
        await this.report(tx, execution, { event: 'erasure.started', at, actor: SYSTEM, to: 'ERASING' });
        return { found };
      },
    });
  }

  private shred(execution: SubjectExecution): Promise<ShreddingOutcome> {
    const { instruction } = execution;
    return this.steps.run(execution, {
      name: 'SHRED_KEYS',
      act: async () => {
        const keyIds = await this.keysInScope(execution);
        return this.vault.shred(execution.lease.tenantId, keyIds, { instructionId: instruction.id });
      },
      record: async (tx, { sealedAt, unreadableAt, keysShredded, rootsDestroyed }, at) => {
        await moveInstruction(tx, {
          id: instruction.id,
          moves: [],
          instants: { sealedAt, unreadableAt },
          at,
        });
        await this.report(tx, execution, {
          event: 'subject-key.shredded',
          at,
          actor: SYSTEM,
          detail: { sealedAt: sealedAt.toISOString(), keys: keysShredded, roots: rootsDestroyed },
        });
        return {
          sealedAt: sealedAt.toISOString(),
          unreadableAt: unreadableAt.toISOString(),
          shredded: keysShredded,
          rootsDestroyed,
        };
      },
    });
  }

  private eraseStores(execution: SubjectExecution): Promise<StoresOutcome> {
    const scope = scopeOf(execution);
    return this.steps.run(execution, {
      name: 'ERASE_STORES',
      record: async (tx) => {
        const before = await this.erasedBefore(tx, execution);
        const stores: StoresOutcome['stores'][number][] = [];
        for (const store of this.stores.all()) {
          const erased = (before.get(store.name) ?? 0) + (await store.erase(tx, scope));
          stores.push({ store: store.name, erased });
        }
        if (scope.elements === undefined) await removeSubject(tx, scope.subjectId);
        return { stores };
      },
    });
  }

  private sweep(execution: SubjectExecution): Promise<SweepOutcome> {
    const { instruction, subjectId, lease } = execution;
    return this.steps.run(execution, {
      name: 'SWEEP',
      act: async () => {
        const left = await this.tenancy.forTenant(lease.tenantId, (tx) => this.leftIn(tx, execution));
        if (left > 0) await this.visitAgain(execution, left);
      },
      record: async (tx, _, at) => {
        if (instruction.scopeElements.length > 0) await unmarkErasing(tx, subjectId, instruction.id);
        await moveInstruction(tx, { id: instruction.id, moves: [], instants: { erasedAt: at }, at });
        await this.report(tx, execution, { event: 'erasure.verified', at, actor: SYSTEM });
        const stores = this.stores.all().map(({ name }) => ({ store: name, remaining: 0 as const }));
        return { erasedAt: at.toISOString(), stores };
      },
    });
  }

  private async visitAgain(execution: SubjectExecution, left: number): Promise<never> {
    const { instruction, lease } = execution;
    await this.tenancy.forTenant(lease.tenantId, async (tx) => {
      await reopenSteps(tx, instruction.id, ['SHRED_KEYS', 'ERASE_STORES']);
      const at = this.clock.now();
      const event: ExecutionEvent = { event: 'erasure.residue_found', at, actor: SYSTEM, detail: { left } };
      await this.report(tx, execution, event);
    });
    throw new DomainError('ERASURE_INCOMPLETE', 'Something was left of the subject; it is visited again.');
  }

  private async leftIn(tx: TenantTx, execution: SubjectExecution): Promise<number> {
    const scope = scopeOf(execution);
    let left = (await this.keysInScope(execution, tx)).length;
    for (const store of this.stores.all()) left += await store.remaining(tx, scope);
    if (scope.elements !== undefined) return left;
    const { indexEntries } = await this.vault.remaining(tx.tenantId, scope.subjectId);
    return left + indexEntries + (await countSubject(tx, scope.subjectId));
  }

  /** The keys in scope; asked in the transaction that is open, if there is one. */
  private async keysInScope(execution: SubjectExecution, tx?: TenantTx): Promise<readonly KeyId[]> {
    const { lease, subjectId, instruction } = execution;
    const labels = keyLabelsOf(instruction.scopeElements);
    if (labels === undefined) return this.vault.keysOf(lease.tenantId, subjectId);
    const find = (within: TenantTx) => ownLabels(this.stores, within, scopeOf(execution));
    const own = await (tx === undefined ? this.tenancy.forTenant(lease.tenantId, find) : find(tx));
    return this.vault.keysOf(lease.tenantId, subjectId, [...labels, ...own]);
  }

  private async erasedBefore(tx: TenantTx, { instruction }: SubjectExecution): Promise<Map<string, number>> {
    const earlier = (await findStep(tx, instruction.id, 'ERASE_STORES'))?.outcome as StoresOutcome | null;
    return new Map(earlier?.stores.map(({ store, erased }) => [store, erased]));
  }

  private async report(
    tx: TenantTx,
    { instruction }: SubjectExecution,
    event: ExecutionEvent,
  ): Promise<void> {
    const { id: instructionId, subjectRef, policyVersion } = instruction;
    await this.audit.append(tx, { ...event, instructionId, subjectRef, policyVersion });
  }
}

const scopeOf = ({ subjectId, instruction: { scopeElements } }: SubjectExecution): Scope =>
  scopeElements.length === 0 ? { subjectId } : { subjectId, elements: scopeElements };
