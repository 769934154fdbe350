import { Inject, Injectable } from '@nestjs/common';
import { findInstruction, type Instruction } from '@personr/instruction';
import { Clock, type InstructionId, isDomainError, type TenantId, type WorkId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { completeWork, type Lease, leaseWork, postponeWork } from '@personr/work';
import { CloseInstruction } from './close-instruction.js';
import { EraseSubject } from './erase-subject.js';
import { type Execution } from './execution.js';

/** How work is held. `leaseSeconds`: after how long work that its holder no longer renews may be taken over. */
export type ExecutionOptions = { readonly leaseSeconds: number };

/** Provides `ExecutionOptions`. */
export const EXECUTION_OPTIONS = Symbol('execution options');

const LONGEST_WAIT_SECONDS = 60;

/** Carries instructions out. */
@Injectable()
export class RunExecution {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly eraseSubject: EraseSubject,
    private readonly closeInstruction: CloseInstruction,
    private readonly clock: Clock,
    @Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions,
  ) {}

  /**
   * Does the work to its end, or as far as it goes now: a failure gives it back to be tried again, later each
   * time. Returns whether the instruction ended in this run. Work that is done, not due or held by another is
   * left alone, so a bell that rings twice does no harm. Rethrows unforeseen failures after giving the work back.
   */
  async run(tenantId: TenantId, workId: WorkId): Promise<boolean> {
    const { leaseSeconds } = this.options;
    const lease = await this.tenancy.forTenant(tenantId, (tx) =>
      leaseWork(tx, { workId, now: this.clock.now(), leaseSeconds }),
    );
    if (lease === null) return false;
    try {
      await this.carryOut(lease);
      return true;
    } catch (error) {
      if (isDomainError(error, 'LEASE_LOST')) return false;
      await this.giveBack(lease, isDomainError(error) ? error.code : 'INTERNAL');
      if (isDomainError(error)) return false;
      throw error;
    }
  }

  private async carryOut(lease: Lease): Promise<void> {
    const instruction = await this.load(lease);
    if (instruction === null) return;
    const execution: Execution = { lease, instruction };
    const { subjectId } = instruction;
    const erasure = subjectId === null ? null : await this.eraseSubject.run({ ...execution, subjectId });
    await this.closeInstruction.run(execution, erasure);
  }

  /** The instruction, or null when it has ended already; its work then ends too. */
  private load(lease: Lease): Promise<Instruction | null> {
    return this.tenancy.forTenant(lease.tenantId, async (tx) => {
      const instruction = await findInstruction(tx, lease.referenceId as InstructionId);
      if (instruction?.finishedAt === null) return instruction;
      await completeWork(tx, lease, this.clock.now());
      return null;
    });
  }

  private async giveBack(lease: Lease, code: string): Promise<void> {
    const now = this.clock.now();
    const waitSeconds = Math.min(2 ** lease.attempts / 8, LONGEST_WAIT_SECONDS);
    const dueAt = new Date(now.getTime() + waitSeconds * 1000);
    await this.tenancy.forTenant(lease.tenantId, (tx) => postponeWork(tx, lease, { now, dueAt, code }));
  }
}
