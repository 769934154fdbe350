import { Injectable } from '@nestjs/common';
import { type Instruction, type Snapshot, writeStep } from '@personr/instruction';
import { Clock, isDomainError, type TenantId } from '@personr/kernel';
import { BuildPackage, type PackageOrder } from '@personr/packages';
import { Tenancy } from '@personr/tenancy';
import { holdLease } from '@personr/work';
import { CloseExports } from './close-exports.js';
import { returnedBy, type SubjectExecution } from './execution.js';
import { SendTransfer } from './send-transfer.js';
import { TakeSnapshot } from './take-snapshot.js';

/** Returns what is held about subjects: up to the acknowledgement. What follows it is an erasure. */
@Injectable()
export class ReturnSubject {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly snapshots: TakeSnapshot,
    private readonly packages: BuildPackage,
    private readonly transfers: SendTransfer,
    private readonly close: CloseExports,
    private readonly clock: Clock,
  ) {}

  /**
   * Freezes what is held, builds a package of exactly that, releases and sends it: each is committed before the next, goes
   * on from there after a crash, and destroys nothing. Ends with `CLOSED_NO_DATA` when the subject was erased before the
   * package was whole. Throws `LEASE_LOST`, `SUBJECT_BEING_ERASED`, and what building and the courier throw: then it is tried
   * again.
   */
  async run(tenantId: TenantId, execution: SubjectExecution): Promise<void> {
    try {
      const parcel = await this.sealed(tenantId, execution);
      await this.transfers.send(tenantId, execution, parcel);
    } catch (error) {
      if (!isDomainError(error, 'SUBJECT_NOT_FOUND')) throw error;
      await this.close.nothingHeld(tenantId, execution);
    }
  }

  /** The package as it was released, now or before. */
  private async sealed(tenantId: TenantId, execution: SubjectExecution) {
    const sealed = returnedBy(execution);
    if (sealed !== null) return sealed.transfer;
    const snapshot = await this.snapshots.run(tenantId, execution);
    const order = orderOf(tenantId, execution, snapshot);
    const built = await this.packages.run(order, (sizeBytes) => this.beat(tenantId, execution, sizeBytes));
    return this.transfers.seal(tenantId, execution, built);
  }

  /** Says that the work goes on, and how many bytes there are so far. */
  private beat(
    tenantId: TenantId,
    { lease, instruction: { id } }: SubjectExecution,
    sizeBytes: number,
  ): Promise<void> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const at = this.clock.now();
      await holdLease(tx, lease, at);
      const standing = { outcome: { sizeBytes }, doneAt: null, done: 0, total: 1 };
      await writeStep(tx, { id, name: 'BUILD_PACKAGE', at }, standing);
    });
  }
}

function orderOf(
  tenantId: TenantId,
  { subjectId, instruction }: SubjectExecution,
  { takenAt, keyIds, consents }: Snapshot,
): PackageOrder {
  const { id, type, subjectRef, scopeElements, policyVersion } = instruction;
  if (subjectRef === null) throw new Error('a RETURN is of a subject');
  return {
    tenantId,
    instructionId: id,
    type,
    subjectId,
    subjectRef,
    scopeElements,
    answer: answerOf(instruction),
    receivedAt: new Date(takenAt),
    policyVersion,
    frozen: {
      keyIds,
      consents:
        consents?.map(({ policy, version, givenAt, withdrawnAt }) => ({
          policy,
          version,
          givenAt,
          withdrawnAt,
        })) ?? null,
    },
  };
}

function answerOf({ exportOrder }: Instruction): PackageOrder['answer'] {
  if (exportOrder == null) throw new Error('a RETURN says what it is to hold');
  return exportOrder;
}
