import { type Clock, DomainError, type TenantId } from '@personr/kernel';
import {
  formatCheckpoint,
  growTree,
  hashLeaf,
  openNote,
  parseVkey,
  signNote,
  type TileReader,
  treeRoot,
} from '@personr/proof';
import { type RelayTx, type Tenancy } from '@personr/tenancy';
import {
  lockHead,
  type LogHead,
  placeEntries,
  storeTiles,
  swapHead,
  takePending,
  tileReader,
} from './log.repository.js';
import { type LogSigner } from './log-signer.js';

/** How many entries of one tenant get their places at once. */
export const SEQUENCED_AT_ONCE = 500;

/** Gives pending entries their places in a tenant's log and signs the new head. */
export class Sequencer {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly signer: LogSigner,
  ) {}

  /**
   * Sequences up to 500 pending entries of one tenant: entries, tiles and the signed checkpoint become visible
   * together or not at all, with contiguous indexes. Returns how many there were. Two sequencers at once take
   * turns. Throws `LOG_FORKED` when the head moved under its lock, and when head, tiles and the checkpoint last
   * signed do not agree: nothing is signed then, and a person must look before anything is signed again.
   */
  run(tenantId: TenantId): Promise<number> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const head = await lockHead(tx);
      if (head === null) return 0;
      const pending = await takePending(tx, SEQUENCED_AT_ONCE);
      if (pending.length === 0) return 0;
      const reader = tileReader(tx);
      await this.assertUntouched(head, reader);
      const leaves = pending.map(({ entry }) => hashLeaf(entry));
      const { size, root, tiles } = await growTree(head.size, leaves, reader);
      await placeEntries(tx, head.size, pending);
      await storeTiles(tx, tiles);
      const body = formatCheckpoint({ origin: head.origin, size, root });
      const checkpoint = signNote(body, [this.signer.forOrigin(head.origin)]);
      if (!(await swapHead(tx, head.size, { size, root, checkpoint, at: this.clock.now() }))) {
        throw new DomainError('LOG_FORKED', 'The head of the log moved while it was locked.');
      }
      return pending.length;
    });
  }

  /** Tenants with pending entries, those that wait longest first. */
  async due(tx: RelayTx, limit: number): Promise<TenantId[]> {
    const rows = await tx.$queryRaw<{ tenant_id: TenantId }[]>`
      select tenant_id::text from audit_outbox group by tenant_id order by min(created_at) limit ${limit}`;
    return rows.map((row) => row.tenant_id);
  }

  /** What is signed next begins with what was signed last: the tree that grows is the one under our own signature. */
  private async assertUntouched(head: LogHead, reader: TileReader): Promise<void> {
    if (head.size === 0 && head.checkpoint === null) return;
    const { origin, size, root } = head;
    const stored = formatCheckpoint({ origin, size, root: await treeRoot(size, reader) });
    const signed = this.lastSigned(head);
    if (stored !== signed || stored !== formatCheckpoint({ origin, size, root })) throw forked();
  }

  private lastSigned({ origin, checkpoint }: LogHead): string {
    try {
      return openNote(checkpoint ?? '', [parseVkey(this.signer.vkey(origin))]).text;
    } catch (cause) {
      throw forked(cause);
    }
  }
}

const forked = (cause?: unknown): DomainError =>
  new DomainError('LOG_FORKED', 'The head of the log is not the one that was signed last.', { cause });
