import { Injectable } from '@nestjs/common';
import { type EntryId } from '@personr/kernel';
import { inclusionPath, type TlogProof } from '@personr/proof';
import { type TenantTx } from '@personr/tenancy';
import { type LogVkey, vkeysOf } from './log-keys.js';
import { readHead, tileReader } from './log.repository.js';

/** An entry with the proof that a signed checkpoint covers it. */
export type ProvenEntry = { readonly entry: Uint8Array; readonly proof: TlogProof };

/** Reads a tenant's log. */
@Injectable()
export class LogReader {
  /** The entry and its `tlog-proof` under the newest checkpoint, or null while it has no place in the log yet. */
  async prove(tx: TenantTx, entryId: EntryId): Promise<ProvenEntry | null> {
    const row = await tx.logEntry.findUnique({
      where: { tenantId_entryId: { tenantId: tx.tenantId, entryId } },
    });
    const head = row === null ? null : await readHead(tx);
    if (row === null || head?.checkpoint == null) return null;
    const index = Number(row.position);
    const path = await inclusionPath(index, head.size, tileReader(tx));
    return { entry: row.entry, proof: { index, path, checkpoint: head.checkpoint } };
  }

  /** The keys that signed this log, the newest first, as of its newest checkpoint; none before the first. */
  async vkeys(tx: TenantTx): Promise<LogVkey[]> {
    const head = await readHead(tx);
    return head === null ? [] : vkeysOf(head.origin, head.keys);
  }

  /** The newest signed checkpoint, or null for a log that holds nothing yet. */
  async checkpoint(tx: TenantTx): Promise<string | null> {
    return (await readHead(tx))?.checkpoint ?? null;
  }
}
