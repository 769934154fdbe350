import { Injectable } from '@nestjs/common';
import { Clock, type InstructionId, type TenantId } from '@personr/kernel';
import { Stores } from '@personr/stores';
import { suppressErased } from '@personr/subjects';
import { Tenancy } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { hasLater, type SubjectExecution } from './execution.js';

/** Keeps who is erased whole from coming back. */
@Injectable()
export class SuppressSubjects {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly stores: Stores,
    private readonly clock: Clock,
  ) {}

  /**
   * Suppresses each of whom everything is erased, but who stays because something came in after what was returned, as long as it can be said who it is: before the keys go. Again, it
   * changes nothing. Returns until when which of them is known by identity: `suppressErased`.
   */
  run(tenantId: TenantId, members: readonly SubjectExecution[]): Promise<ReadonlyMap<InstructionId, Date>> {
    const { tenancy, vault, stores, clock } = this;
    const erased = members
      .filter((member) => member.instruction.scopeElements.length === 0 && !hasLater(member))
      .map(({ instruction: { id: instructionId, acceptedAt }, subjectId }) => ({
        subjectId,
        instructionId,
        acceptedAt,
      }));
    return suppressErased({ tenancy, vault, stores, clock }, tenantId, erased);
  }
}
