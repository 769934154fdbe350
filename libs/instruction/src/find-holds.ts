import { Injectable } from '@nestjs/common';
import { DomainError, type SubjectId, type TenantId } from '@personr/kernel';
import { activeHolds, findHold, type Hold, type HoldId, listHolds } from '@personr/subjects';
import { Tenancy } from '@personr/tenancy';

/** Shows a tenant its holds. */
@Injectable()
export class FindHolds {
  constructor(private readonly tenancy: Tenancy) {}

  /** The hold, active or ended. Throws `HOLD_NOT_FOUND`, alike for unknown and foreign ids. */
  async byId(tenantId: TenantId, id: HoldId): Promise<Hold> {
    const hold = await this.tenancy.forTenant(tenantId, (tx) => findHold(tx, id));
    if (hold === null) throw new DomainError('HOLD_NOT_FOUND', 'There is no such hold.');
    return hold;
  }

  /** The active holds on this subject, oldest first. */
  activeOn(tenantId: TenantId, subjectId: SubjectId): Promise<readonly Hold[]> {
    return this.tenancy.forTenant(
      tenantId,
      async (tx) => (await activeHolds(tx, [subjectId])).get(subjectId) ?? [],
    );
  }

  /** A page of holds, newest first, after the one named by `after`; of one subject only, when one is named. */
  page(
    tenantId: TenantId,
    query: { limit: number; after: HoldId | null; subjectId?: SubjectId },
  ): Promise<Hold[]> {
    return this.tenancy.forTenant(tenantId, (tx) => listHolds(tx, query));
  }
}
