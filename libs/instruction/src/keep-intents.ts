import { Injectable } from '@nestjs/common';
import { type InstructionId, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { IntentMirror } from '@personr/vault';
import { readIntents } from './intent.repository.js';

/** Keeps accepted instructions where no restore of the data database reaches. */
@Injectable()
export class KeepIntents {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly mirror: IntentMirror,
  ) {}

  /**
   * Remembers instructions whose acceptance has committed, before it is answered: what was answered outlives every restore.
   * A crash before it leaves an instruction that is carried out and that only a restore of an older database would lose;
   * nobody was told of it, and whoever sends it again gets it remembered. Safe to call again.
   */
  async run(tenantId: TenantId, ids: readonly InstructionId[]): Promise<void> {
    const intents = await this.tenancy.forTenant(tenantId, (tx) => readIntents(tx, ids));
    await this.mirror.put(tenantId, intents);
  }
}
