import { DomainError, type TenantId } from '@personr/kernel';
import { growTree, hashLeaf, type Tile } from '@personr/proof';
import { type RelayTx } from '@personr/tenancy';
import { type Batch, type PendingEntry } from './batch.js';
import { edgeReader, forked, type KnownHeads } from './known-heads.js';
import { LogEvidence } from './log-evidence.js';
import { type Outside } from './outside.js';
import { type Edge, foundOf, type OwnedHead } from './sequence.repository.js';
import { isSameTree, type TreeHead } from './signed-heads.js';
import { type StagedGroups } from './staged-groups.js';

/** What a step stands on: the head in the data database, its edge, what waits, and the head recorded last. */
export type Standing = {
  readonly head: OwnedHead;
  readonly edges: readonly Edge[];
  readonly waiting: readonly PendingEntry[];
  readonly recorded: TreeHead | null;
};

/** A batch that is to be recorded, or was, with every tile that it changes. */
export type Grown = Standing & {
  readonly batch: Batch;
  readonly tiles: readonly Tile[];
  readonly isRecorded: boolean;
};

/** Says what a log is to become. */
export class NextBatch {
  constructor(
    private readonly staged: StagedGroups,
    private readonly known: KnownHeads,
    private readonly outside: Outside,
  ) {}

  /**
   * The batch that comes after a head, or was recorded already: null when nothing waits. Writes nothing. Throws `LOG_FORKED`,
   * `LOG_BEHIND` and `EVIDENCE_MISSING` as `Sequencer.runAll` says.
   */
  async after(tx: RelayTx, standing: Standing): Promise<Grown | null> {
    const { head, recorded, edges } = standing;
    if (head.alarm === 'LOG_FORKED') throw forked();
    if (recorded !== null && recorded.size > head.size) return this.resume(tx, standing, recorded);
    const entries = standing.waiting;
    if (entries.length === 0) return null;
    if (!isSameTree(recorded, head)) throw forked();
    await this.known.assertUntouched(head, edges);
    if (!this.staged.holds({ origin: head.origin, head })) {
      await new LogEvidence(this.outside.evidence, head.origin).assertHolds(head.size);
    }
    const { size, root, tiles } = await growTree(head.size, leavesOf(entries), edgeReader(edges));
    const { tenantId, origin } = head;
    const batch = { tenantId, origin, before: treeOf(head), head: { size, root }, entries };
    return { ...standing, batch, tiles, isRecorded: false };
  }

  /** What another process recorded: its batch, if all of it waits here as it was recorded. */
  private async resume(tx: RelayTx, standing: Standing, recorded: TreeHead): Promise<Grown> {
    const { head, edges } = standing;
    await this.known.assertUntouched(head, edges);
    const batch = await this.staged.find({ origin: head.origin, head: recorded });
    if (batch?.before.size !== head.size || !(await isWaiting(tx, head.tenantId, batch))) throw behind();
    const grown = await growTree(head.size, leavesOf(batch.entries), edgeReader(edges));
    if (!isSameTree(grown, recorded)) throw forked();
    return { ...standing, batch, tiles: grown.tiles, isRecorded: true };
  }
}

const treeOf = ({ size, root }: TreeHead): TreeHead => ({ size, root });

const leavesOf = (entries: readonly PendingEntry[]): Uint8Array[] =>
  entries.map(({ entry }) => hashLeaf(entry));

async function isWaiting(tx: RelayTx, tenantId: TenantId, batch: Batch): Promise<boolean> {
  const waiting = await foundOf(tx, tenantId, batch);
  const bytes = new Map(waiting.map(({ id, entry }) => [id, entry]));
  return batch.entries.every(({ id, entry }) => isSame(bytes.get(id), entry));
}

const isSame = (one: Uint8Array | undefined, other: Uint8Array): boolean =>
  one !== undefined && Buffer.compare(one, other) === 0;

const behind = (): DomainError =>
  new DomainError('LOG_BEHIND', 'More was signed than this data database holds. Import the log first.');
