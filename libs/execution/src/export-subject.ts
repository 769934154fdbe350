import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { type Instruction, type Move, moveInstructions } from '@personr/instruction';
import {
  Clock,
  type DomainError,
  type ErrorCode,
  isDomainError,
  type SubjectId,
  type TenantId,
} from '@personr/kernel';
import { BrokenDocument, BuildPackage, PackageBuilds, type PackageOrder } from '@personr/packages';
import { openSubject } from '@personr/subjects';
import { Tenancy } from '@personr/tenancy';
import { holdLease } from '@personr/work';
import { CloseExports } from './close-exports.js';
import { type Execution } from './execution.js';
import { entryOf, SYSTEM } from './execution.events.js';
import { noteBlocked, startExport } from './export-step.repository.js';

/** An export that is carried out: of a subject, with what it is to hold. */
export type ExportExecution = Execution & { readonly subjectId: SubjectId };

/** What keeps a package from being released until somebody does something about it. */
const BLOCKING: readonly ErrorCode[] = ['FORBIDDEN_VALUE_IN_EXPORT', 'SEAL_BROKEN', 'OBJECT_MISSING'];

/** Carries exports out: builds the package, and releases it with the receipt that says so. */
@Injectable()
export class ExportSubject {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly packages: BuildPackage,
    private readonly builds: PackageBuilds,
    private readonly close: CloseExports,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins, builds, and ends in one transaction that releases the package and issues the receipt, so that there is one
   * package and one end wherever a worker dies. Ends with `CLOSED_NO_DATA` when the subject has been erased meanwhile.
   * Throws `LEASE_LOST`, `SUBJECT_BEING_ERASED`, and what building throws: then nothing is released, and it is tried again.
   */
  async run(tenantId: TenantId, execution: ExportExecution): Promise<void> {
    try {
      await this.begin(tenantId, execution);
      await this.give(tenantId, execution);
    } catch (error) {
      if (isDomainError(error) && BLOCKING.includes(error.code))
        await this.sayBlocked(tenantId, execution, error);
      if (!isDomainError(error, 'SUBJECT_NOT_FOUND')) throw error;
      await this.close.nothingHeld(tenantId, execution);
    }
  }

  private async give(tenantId: TenantId, execution: ExportExecution): Promise<void> {
    const built = await this.packages.run(orderOf(tenantId, execution), () =>
      this.tenancy.forTenant(tenantId, (tx) => holdLease(tx, execution.lease, this.clock.now())),
    );
    try {
      await this.close.delivered(tenantId, execution, built);
    } catch (error) {
      await this.builds.abandon(built.build);
      throw error;
    }
  }

  /** Once: what blocks it does not go away by itself, and is tried again all the same. */
  private async sayBlocked(
    tenantId: TenantId,
    execution: ExportExecution,
    error: DomainError,
  ): Promise<void> {
    const reasonCode = error.code;
    const what = error instanceof BrokenDocument ? { detail: { documentId: error.documentId } } : {};
    const { lease, instruction } = execution;
    await this.tenancy.forTenant(tenantId, async (tx) => {
      const at = this.clock.now();
      await holdLease(tx, lease, at);
      if (!(await noteBlocked(tx, instruction.id, reasonCode))) return;
      const event = { event: 'package.blocked', at, actor: SYSTEM, reasonCode, ...what } as const;
      await this.audit.append(tx, entryOf(execution, event));
    });
  }

  private begin(tenantId: TenantId, execution: ExportExecution): Promise<void> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const at = this.clock.now();
      const { lease, subjectId, instruction } = execution;
      await holdLease(tx, lease, at);
      await openSubject(tx, subjectId);
      await startExport(tx, instruction.id, at);
      if (instruction.state !== 'APPROVED') return;
      const moves: readonly Move[] = [{ event: 'package.started', to: 'PACKAGING' }];
      await moveInstructions(tx, [{ id: instruction.id, moves }], at);
      await this.audit.append(
        tx,
        entryOf(execution, { event: 'package.started', at, actor: SYSTEM, to: 'PACKAGING' }),
      );
    });
  }
}

function orderOf(tenantId: TenantId, { subjectId, instruction }: ExportExecution): PackageOrder {
  const { id, type, subjectRef, scopeElements, exportOrder, policyVersion } = instruction;
  if (subjectRef === null || exportOrder == null) throw new Error('an export says what it is to hold');
  return {
    tenantId,
    instructionId: id,
    type,
    subjectId,
    subjectRef,
    scopeElements,
    answer: exportOrder,
    receivedAt: receivedAt(instruction),
    policyVersion,
  };
}

const receivedAt = ({ consumerRequest, acceptedAt }: Instruction): Date =>
  consumerRequest?.receivedAt ?? acceptedAt;
