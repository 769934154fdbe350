import { Injectable } from '@nestjs/common';
import { BeginErasure } from './begin-erasure.js';
import { CloseInstructions } from './close-instructions.js';
import { EraseStores } from './erase-stores.js';
import { type Batch } from './execution.js';
import { ProveBackups } from './prove-backups.js';
import { ShredSubjectKeys } from './shred-subject-keys.js';
import { SweepStores } from './sweep-stores.js';

/** Erases subjects, each whole or in the part that its instruction names. Keys first: that is what counts. */
@Injectable()
export class EraseSubjects {
  constructor(
    private readonly begin: BeginErasure,
    private readonly keys: ShredSubjectKeys,
    private readonly stores: EraseStores,
    private readonly afterwards: SweepStores,
    private readonly backups: ProveBackups,
    private readonly end: CloseInstructions,
  ) {}

  /**
   * The order of an erasure. Each step is committed before the next begins, may be run again after a crash, and is
   * done only while the lease is ours. What cannot go on leaves the batch; the rest ends with a receipt each.
   */
  async run(batch: Batch): Promise<void> {
    await this.begin.mark(batch); //                    1  nothing is written about them any more
    await this.begin.intend(batch); //                  1  what is about to go is in the ledger
    await this.keys.run(batch); //                    2-5  new root, path re-keyed, durable, old root destroyed: sealedAt
    await this.stores.run(batch); //                    6  physical deletion everywhere
    await this.afterwards.run(batch); //                7  every store searched afresh; a residue goes back: erasedAt
    await this.backups.run(batch); //                   8  every set of copies, and why it cannot be read
    await this.backups.confirmSubprocessors(batch); //  8  everybody else who had it
    await this.end.run(batch); //                       9  final entry and receipt
  }
}
