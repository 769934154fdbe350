import { type Clock, DomainError, type TenantId } from '@personr/kernel';
import { growTree, hashLeaf } from '@personr/proof';
import { type Tenancy, type TenantTx } from '@personr/tenancy';
import { type Outside } from './outside.js';
import { type EntryNames, namesIn } from './entry-names.js';
import { LOG_ENDED } from './log.events.js';
import { LogEvidence } from './log-evidence.js';
import {
  adoptEntries,
  endHead,
  lockHead,
  type LogHead,
  readHead,
  storeTiles,
  swapHead,
  tileReader,
} from './log.repository.js';
import { type LogSigner } from './log-signer.js';
import { publishHead } from './publish-head.js';
import { isSameTree, type TreeHead } from './signed-heads.js';

/** How far a log of this data database goes, and how far it was signed. The same: there is nothing to import. */
export type LogGap = { readonly from: number; readonly size: number };

const ADOPTED_AT_ONCE = 500;

/** Brings the log of a data database that was restored from a backup up to what was signed last. */
export class ImportLog {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly signer: LogSigner,
    private readonly outside: Outside,
  ) {}

  /**
   * How much of the tenant's log this data database lacks; no log here and none recorded is no gap. Reads only. Throws
   * `LOG_FORKED` when the head here is ahead of what was recorded as signed, or as far with another root.
   */
  gap(tenantId: TenantId): Promise<LogGap> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const head = await readHead(tx);
      return head === null ? { from: 0, size: 0 } : (await this.missingOf(tx, head)).gap;
    });
  }

  /**
   * Writes entries, tiles and head from the evidence store up to what was recorded as signed, in one transaction, and
   * takes entries that have their places there out of the outbox. Returns what it filled; again, it fills nothing. The
   * checkpoint is signed anew, over the tree that was recorded and no other. Throws `LOG_FORKED` as `gap` does, and when
   * what is here and what was kept do not make the recorded root together; `EVIDENCE_MISSING` when something that was
   * signed over is not in the store. Nothing is changed then.
   */
  run(tenantId: TenantId): Promise<LogGap> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const head = await lockHead(tx);
      if (head === null) return { from: 0, size: 0 };
      const { gap, recorded } = await this.missingOf(tx, head);
      if (recorded !== null && gap.from < gap.size) await this.fill(tx, head, recorded);
      return gap;
    });
  }

  private async missingOf(tx: TenantTx, head: LogHead): Promise<{ gap: LogGap; recorded: TreeHead | null }> {
    const recorded = await this.outside.heads.read(tx.tenantId, head.origin);
    const size = recorded?.size ?? 0;
    if (size <= head.size && !isSameTree(recorded, head)) throw forked();
    return { gap: { from: head.size, size }, recorded };
  }

  private async fill(tx: TenantTx, head: LogHead, recorded: TreeHead): Promise<void> {
    const { origin, size: from } = head;
    const evidence = new LogEvidence(this.outside.evidence, origin);
    await evidence.settle(recorded);
    const { leaves, last } = await adoptAll(tx, evidence, { from, size: recorded.size });
    const { size, root, tiles } = await growTree(from, leaves, tileReader(tx));
    if (!isSameTree({ size, root }, recorded)) throw forked();
    await storeTiles(tx, tiles);
    const signed = await publishHead(this.signer, evidence, { head, next: { size, root } });
    if (!(await swapHead(tx, from, { ...signed, at: this.clock.now() }))) throw forked();
    // A copy that was made before the log ended has it ended as well.
    if (last?.event === LOG_ENDED) await endHead(tx, last.id, this.clock.now());
  }
}

type Adopted = { readonly leaves: readonly Uint8Array[]; readonly last: EntryNames | null };

/** Writes the entries of the gap, some hundreds at a time. Returns their leaf hashes, and what the last of them is. */
async function adoptAll(tx: TenantTx, evidence: LogEvidence, { from, size }: LogGap): Promise<Adopted> {
  let last: Uint8Array | undefined;
  const leaves: Uint8Array[] = [];
  let chunk: Uint8Array[] = [];
  for await (const { entry } of evidence.entries(from, size)) {
    chunk.push(entry);
    last = entry;
    if (chunk.length < ADOPTED_AT_ONCE) continue;
    await adoptEntries(tx, from + leaves.length, chunk);
    leaves.push(...chunk.map(hashLeaf));
    chunk = [];
  }
  if (chunk.length > 0) await adoptEntries(tx, from + leaves.length, chunk);
  return {
    leaves: [...leaves, ...chunk.map(hashLeaf)],
    last: last === undefined ? null : namesIn(last),
  };
}

const forked = (): DomainError =>
  new DomainError('LOG_FORKED', 'The log here is not the beginning of what was signed last.');
