import { type ElementCode, type ExceptionGround } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type MirroredHold } from '@personr/vault';
import { insertHold } from './hold.repository.js';

/** Writes down those of the remembered holds that the data database does not know, and changes no other. For an older one that was restored. */
export async function replayHolds(tx: TenantTx, holds: readonly MirroredHold[]): Promise<void> {
  for (const hold of holds) {
    await insertHold(tx, {
      ...hold,
      elements: hold.elements as readonly ElementCode[],
      ground: hold.ground as ExceptionGround,
      endedAt: null,
      endReason: null,
    });
  }
}
