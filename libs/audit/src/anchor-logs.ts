import { randomBytes } from 'node:crypto';
import { type Clock, type TenantId } from '@personr/kernel';
import { EMPTY_ROOT, META_SALT_BYTES, metaEntry } from '@personr/proof';
import { type RelayTx, type Tenancy } from '@personr/tenancy';
import { type Anchor, countAnchors, forgetAnchors, insertAnchor } from './anchor.repository.js';
import { type AnchoredReader } from './anchored-reader.js';
import { HOUSE, metaEntryId, metaOriginOf } from './house.js';
import { type ImportLog } from './import-log.js';
import { readHead } from './log.repository.js';

/** More than are kept of a tenant, once witnesses cosigned a later one. */
const ANCHORS_KEPT = 50;

/** A checkpoint on its way into the meta-log. */
type Leaf = Anchor & { readonly tenantId: TenantId; readonly origin: string; readonly entry: Uint8Array };

/**
 * Puts tenants' checkpoints into the meta-log: the house's own log, whose entries are salted hashes, so that it shows no
 * one's name or size. The sequencer gives them their places as it does with every log's.
 */
export class AnchorLogs {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly importLog: ImportLog,
    private readonly reader: AnchoredReader,
  ) {}

  /** Tenants whose newest checkpoint is not in the meta-log, those that wait longest first. */
  async due(tx: RelayTx, limit: number): Promise<TenantId[]> {
    const rows = await tx.$queryRaw<{ tenant_id: TenantId }[]>`
      select tenant_id::text from log_head
       where anchored_size < size and tenant_id <> ${HOUSE}::uuid order by updated_at limit ${limit}`;
    return rows.map((row) => row.tenant_id);
  }

  /**
   * Appends the newest checkpoint of each of these tenants to the meta-log, which is opened with the first of them, and
   * keeps its salt with the tenant. Returns how many there were. A crash in between leaves an entry that nobody knows the
   * salt of, and the tenant is still due; twice at once, there are two entries for one checkpoint. Neither harms. Throws as
   * `ImportLog` does, which is asked first: of a meta-log that is older than what was signed, nothing is lost.
   */
  async run(tenants: readonly TenantId[]): Promise<number> {
    const leaves: Leaf[] = [];
    for (const tenantId of tenants) {
      const leaf = await this.leafOf(tenantId);
      if (leaf !== null) leaves.push(leaf);
    }
    const [first] = leaves;
    if (first === undefined) return 0;
    await this.open(metaOriginOf(first.origin));
    await this.importLog.run(HOUSE);
    await this.append(leaves);
    const at = this.clock.now();
    for (const leaf of leaves) {
      const kept = await this.tenancy.forTenant(leaf.tenantId, async (tx) => {
        await insertAnchor(tx, leaf, at);
        return countAnchors(tx);
      });
      if (kept > ANCHORS_KEPT) await this.forget(leaf.tenantId);
    }
    return leaves.length;
  }

  /** Whatever a smaller checkpoint covers, the newest cosigned one covers too. */
  private async forget(tenantId: TenantId): Promise<void> {
    const newest = await this.reader.anchorOver(tenantId, 0);
    if (newest?.anchored.anchoring !== 'COSIGNED') return;
    await this.tenancy.forTenant(tenantId, (tx) => forgetAnchors(tx, newest.size));
  }

  private async leafOf(tenantId: TenantId): Promise<Leaf | null> {
    const head = await this.tenancy.forTenant(tenantId, readHead);
    if (head?.checkpoint == null) return null;
    const { origin, size, checkpoint } = head;
    const salt = Uint8Array.from(randomBytes(META_SALT_BYTES));
    const entry = metaEntry(salt, checkpoint);
    return { tenantId, origin, size, checkpoint, salt, entry, leafId: metaEntryId(entry) };
  }

  private async open(origin: string): Promise<void> {
    const at = this.clock.now().toISOString();
    await this.tenancy.forTenant(
      HOUSE,
      (tx) => tx.bulk`
        insert into log_head (tenant_id, origin, size, root, updated_at)
        values (${HOUSE}, ${origin}, 0, ${Uint8Array.from(EMPTY_ROOT)}, ${at}) on conflict do nothing`,
    );
  }

  private async append(leaves: readonly Leaf[]): Promise<void> {
    const at = this.clock.now().toISOString();
    await this.tenancy.forTenant(
      HOUSE,
      (tx) => tx.bulk`
        insert into audit_outbox (tenant_id, id, entry, created_at)
        select ${HOUSE}::uuid, new.*, ${at}::timestamptz
          from unnest(${leaves.map(({ leafId }) => leafId)}::uuid[], ${leaves.map(({ entry }) => entry)}::bytea[]) as new`,
    );
  }
}
