import { type Clock, DomainError, isDomainError, type TenantId } from '@personr/kernel';
import {
  formatCheckpoint,
  growTree,
  hashLeaf,
  openNote,
  type Tile,
  type TileReader,
  treeRoot,
} from '@personr/proof';
import { type RelayTx, type Tenancy, type TenantTx } from '@personr/tenancy';
import { type Batch, type PendingEntry } from './batch.js';
import { type EvidenceStore } from './evidence-store.js';
import { LogEvidence } from './log-evidence.js';
import {
  findPending,
  lockHead,
  type LogHead,
  placeEntries,
  storeTiles,
  swapHead,
  takePending,
  tileReader,
} from './log.repository.js';
import { type LogSigner } from './log-signer.js';
import { raiseAlarm, readAlarm } from './log-watch.js';
import { publishHead } from './publish-head.js';
import { isSameTree, type SignedHeads, type TreeHead } from './signed-heads.js';

/** How many entries of one tenant get their places at once. */
export const SEQUENCED_AT_ONCE = 500;

/** What a sequencer writes to beside the data database: where evidence goes, and where it is recorded what was signed. */
export type Outside = { readonly evidence: EvidenceStore; readonly heads: SignedHeads };

/** What a step stands on: the head in the data database, the one recorded last, and where evidence goes. */
type Standing = {
  readonly head: LogHead;
  readonly recorded: TreeHead | null;
  readonly evidence: LogEvidence;
  readonly reader: TileReader;
};

/** A batch that was recorded as signed, with every tile that it changes. */
type Recorded = { readonly batch: Batch; readonly tiles: readonly Tile[] };

/** Gives pending entries their places in a tenant's log and signs the new head. */
export class Sequencer {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly signer: LogSigner,
    private readonly outside: Outside,
  ) {}

  /**
   * Sequences up to 500 pending entries of one tenant and returns how many there were. Two sequencers at once take turns
   * at the head's row. Each step is durable before the next begins:
   *
   * 1. `stage`: the entries go to the evidence store under a name that says their tree. A crash leaves a batch that
   *    nobody signed; other entries, or the same in another order, may still get these places.
   * 2. `heads.swap`: the key store records this size and root, if the one before is still the last. **From here on this
   *    size has this tree and no other**, and all that it is made of lies outside the data database.
   * 3. `publish`: bundles, tiles and openings are laid out, each file for good. 4. The checkpoint is signed and published.
   * 5. Entries, tiles and head are committed together, with contiguous indexes: readers see the checkpoint now.
   *
   * A crash after 2 leaves the head behind what was recorded: the next run takes the batch that was recorded and goes on
   * at 3, which writes the same bytes again. It does so only if all its entries still wait here. If one does not, this
   * data database is older than the log, as after a restore: throws `LOG_BEHIND` until `ImportLog` has run. Throws
   * `LOG_FORKED` when head, tiles, the checkpoint last signed and the record do not agree, or somebody else recorded a
   * tree at 2: nothing is signed then. If it is so again at once, which it is not for a process that was only late, the log
   * has that alarm, under which every later run throws the same, until a person has looked (`CheckLog`). Throws `EVIDENCE_MISSING` when the evidence store is not the one that holds this log.
   */
  async run(tenantId: TenantId): Promise<number> {
    try {
      return await this.tenancy.forTenant(tenantId, (tx) => this.sequence(tx));
    } catch (error) {
      if (!isDomainError(error, 'LOG_FORKED')) throw error;
      return this.runAgain(tenantId);
    }
  }

  /**
   * Tenants with pending entries, those that wait longest first. It looks at one entry a tenant, however many wait: ids
   * begin with the time (RFC 9562, section 5.7).
   */
  async due(tx: RelayTx, limit: number): Promise<TenantId[]> {
    const rows = await tx.$queryRaw<{ tenant_id: TenantId }[]>`
      with recursive waiting as (
        (select tenant_id, id from audit_outbox order by tenant_id, id limit 1)
        union all
        select next.tenant_id, next.id from waiting cross join lateral (
          select tenant_id, id from audit_outbox where tenant_id > waiting.tenant_id order by tenant_id, id limit 1
        ) next
      )
      select tenant_id::text from waiting order by id limit ${limit}`;
    return rows.map((row) => row.tenant_id);
  }

  private async sequence(tx: TenantTx): Promise<number> {
    const head = await lockHead(tx);
    if (head === null) return 0;
    if ((await readAlarm(tx)) === 'LOG_FORKED') throw forked();
    const evidence = new LogEvidence(this.outside.evidence, head.origin);
    const recorded = await this.outside.heads.read(tx.tenantId, head.origin);
    const standing = { head, recorded, evidence, reader: tileReader(tx) };
    const isBehind = recorded !== null && recorded.size > head.size;
    const next = isBehind ? await this.resume(tx, standing, recorded) : await this.begin(tx, standing);
    if (next === null) return 0;
    await evidence.publish(next.batch, next.tiles);
    await this.commit(tx, standing, next);
    return next.batch.entries.length;
  }

  private async runAgain(tenantId: TenantId): Promise<number> {
    try {
      return await this.tenancy.forTenant(tenantId, (tx) => this.sequence(tx));
    } catch (error) {
      const at = this.clock.now();
      if (isDomainError(error, 'LOG_FORKED') || isDomainError(error, 'LOG_BEHIND'))
        await this.tenancy.forTenant(tenantId, (tx) => raiseAlarm(tx, { alarm: 'LOG_FORKED', at }));
      throw error;
    }
  }

  /** Steps 1 and 2, for the entries that wait. Null when none does. */
  private async begin(tx: TenantTx, standing: Standing): Promise<Recorded | null> {
    const { head, recorded, evidence, reader } = standing;
    const entries = await takePending(tx, SEQUENCED_AT_ONCE);
    if (entries.length === 0) return null;
    if (!isSameTree(recorded, head)) throw forked();
    await this.assertUntouched(standing);
    const { size, root, tiles } = await growTree(head.size, leavesOf(entries), reader);
    const batch = { from: head.size, head: { size, root }, entries };
    await evidence.assertHolds(head.size);
    await evidence.forgetBatches(head.size);
    await evidence.stage(batch);
    const change = { before: recorded, next: batch.head };
    if (!(await this.outside.heads.swap(tx.tenantId, head.origin, change))) throw forked();
    return { batch, tiles };
  }

  /** What another process did of steps 1 and 2: its batch, if all of it waits here as it was recorded. */
  private async resume(tx: TenantTx, standing: Standing, recorded: TreeHead): Promise<Recorded> {
    const { head, evidence, reader } = standing;
    await this.assertUntouched(standing);
    const batch = await evidence.staged(recorded);
    if (batch?.from !== head.size || !(await isWaiting(tx, batch.entries))) throw behind();
    const grown = await growTree(head.size, leavesOf(batch.entries), reader);
    if (!isSameTree(grown, recorded)) throw forked();
    return { batch, tiles: grown.tiles };
  }

  /** Steps 4 and 5. */
  private async commit(
    tx: TenantTx,
    { head, evidence }: Standing,
    { batch, tiles }: Recorded,
  ): Promise<void> {
    const signed = await publishHead(this.signer, evidence, { head, next: batch.head });
    await placeEntries(tx, head.size, batch.entries);
    await storeTiles(tx, tiles);
    if (!(await swapHead(tx, head.size, { ...signed, at: this.clock.now() }))) throw forked();
  }

  /** What is signed next begins with what was signed last: the tree that grows is the one under our own signature. */
  private async assertUntouched({ head, reader }: Standing): Promise<void> {
    if (head.size === 0 && head.checkpoint === null) return;
    const { origin, size, root } = head;
    const stored = formatCheckpoint({ origin, size, root: await treeRoot(size, reader) });
    const signed = this.lastSigned(head);
    if (stored !== signed || stored !== formatCheckpoint({ origin, size, root })) throw forked();
  }

  private lastSigned({ origin, checkpoint }: LogHead): string {
    try {
      return openNote(checkpoint ?? '', this.signer.verifiersOf(origin)).text;
    } catch (cause) {
      throw forked(cause);
    }
  }
}

const leavesOf = (entries: readonly PendingEntry[]): Uint8Array[] =>
  entries.map(({ entry }) => hashLeaf(entry));

async function isWaiting(tx: TenantTx, entries: readonly PendingEntry[]): Promise<boolean> {
  const waiting = await findPending(
    tx,
    entries.map(({ id }) => id),
  );
  const bytes = new Map(waiting.map(({ id, entry }) => [id, entry]));
  return entries.every(({ id, entry }) => isSame(bytes.get(id), entry));
}

const isSame = (one: Uint8Array | undefined, other: Uint8Array): boolean =>
  one !== undefined && Buffer.compare(one, other) === 0;

const forked = (cause?: unknown): DomainError =>
  new DomainError('LOG_FORKED', 'The head of the log is not the one that was signed last.', { cause });

const behind = (): DomainError =>
  new DomainError('LOG_BEHIND', 'More was signed than this data database holds. Import the log first.');
