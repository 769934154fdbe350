import { Injectable } from '@nestjs/common';
import { Clock, type TenantId } from '@personr/kernel';
import { Stores } from '@personr/stores';
import { suppressErased } from '@personr/subjects';
import { Tenancy } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { type SubjectExecution } from './execution.js';

/** Keeps who is erased whole from coming back. */
@Injectable()
export class SuppressSubjects {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly stores: Stores,
    private readonly clock: Clock,
  ) {}

  /** Suppresses each of whom everything is erased, as long as it can be said who it is: before the keys go. Again, it changes nothing. */
  async run(tenantId: TenantId, members: readonly SubjectExecution[]): Promise<void> {
    const { tenancy, vault, stores, clock } = this;
    for (const { instruction, subjectId } of members) {
      const { id: instructionId, acceptedAt, scopeElements } = instruction;
      if (scopeElements.length > 0) continue;
      const erased = { tenantId, subjectId, instructionId, acceptedAt };
      await suppressErased({ tenancy, vault, stores, clock }, erased);
    }
  }
}
