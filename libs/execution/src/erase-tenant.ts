import { Injectable } from '@nestjs/common';
import { BeginLeaving } from './begin-leaving.js';
import { ClearTenant } from './clear-tenant.js';
import { CloseInstructions } from './close-instructions.js';
import { type Batch, type SteppedExecution } from './execution.js';
import { LeaveKeys } from './leave-keys.js';
import { ProveBackups } from './prove-backups.js';
import { SweepTenant } from './sweep-tenant.js';

/** Erases everything that a tenant has, but for what is held. Its root first: one, whatever hangs below it. */
@Injectable()
export class EraseTenant {
  constructor(
    private readonly begin: BeginLeaving,
    private readonly keys: LeaveKeys,
    private readonly stores: ClearTenant,
    private readonly afterwards: SweepTenant,
    private readonly backups: ProveBackups,
    private readonly end: CloseInstructions,
  ) {}

  /**
   * The order of `EraseSubjects`, for a batch of one. Up to the instant from which on nothing can be read it takes as
   * long for a million subjects as for ten; what is removed then goes in turns, between which others go first.
   */
  async run(batch: Batch<SteppedExecution>): Promise<void> {
    await this.begin.mark(batch); //                    1  whoever was taking something in has ended
    await this.begin.intend(batch); //                  1  what is about to go, and what is held, is in the ledger
    await this.keys.run(batch); //                    2-5  held keys to another tree, the root destroyed: sealedAt
    await this.stores.run(batch); //                    6  physical deletion, page by page
    await this.afterwards.run(batch); //                7  everything searched afresh: erasedAt
    await this.backups.run(batch); //                   8  every set of copies, and why it cannot be read
    await this.backups.confirmSubprocessors(batch); //  8  everybody else who had it
    await this.end.run(batch); //                       9  final entry and receipt
  }
}
