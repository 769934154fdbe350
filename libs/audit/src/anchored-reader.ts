import { Injectable } from '@nestjs/common';
import { type EntryId, type TenantId } from '@personr/kernel';
import { type AnchorParts, inclusionPath } from '@personr/proof';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type Anchor, anchorsOver, listCosigned, placesOf } from './anchor.repository.js';
import { HOUSE } from './house.js';
import { type ProvenEntry } from './log-reader.js';
import { readHead, tileReader } from './log.repository.js';

/** An entry, the proof that a signed checkpoint covers it, and how that checkpoint is anchored outside the house. */
export type AnchoredEntry = ProvenEntry & { readonly anchored: AnchorParts };

/** A checkpoint of a tenant's log, and how it is anchored. */
export type AnchoredCheckpoint = {
  readonly checkpoint: string;
  readonly size: number;
  readonly anchored: AnchorParts;
};

/** More than are kept between two heads of the meta-log that witnesses signed, unless they are away for long. */
const ANCHORS_LOOKED_AT = 500;

/** Reads a tenant's log together with what anchors it in the meta-log, each in a transaction of its own. */
@Injectable()
export class AnchoredReader {
  constructor(private readonly tenancy: Tenancy) {}

  /**
   * The entry and its proof under the checkpoint that witnesses cosigned through the meta-log, once they did (`COSIGNED`);
   * before that, under the newest one (`PENDING`). Null while the entry has no place in the log yet.
   */
  async prove(tenantId: TenantId, entryId: EntryId): Promise<AnchoredEntry | null> {
    const place = await this.tenancy.forTenant(tenantId, (tx) => placesOf(tx, [entryId]));
    const index = place.get(entryId);
    if (index === undefined) return null;
    const anchor = await this.anchorOver(tenantId, index);
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const row = await tx.logEntry.findUnique({ where: { tenantId_entryId: { tenantId, entryId } } });
      const under = anchor ?? (await newest(tx));
      if (row === null || under === null) return null;
      const path = await inclusionPath(index, under.size, tileReader(tx));
      return {
        entry: row.entry,
        proof: { index, path, checkpoint: under.checkpoint },
        anchored: under.anchored,
      };
    });
  }

  /**
   * The anchored checkpoints that all entries of a log of this size are to be proved under: what `prove` takes for each is
   * the first of them that covers it. Entries that none covers are not anchored yet.
   */
  async anchorsUpTo(tenantId: TenantId, size: number): Promise<AnchoredCheckpoint[]> {
    const anchors: AnchoredCheckpoint[] = [];
    let found = await this.anchorOver(tenantId, 0);
    while (found !== null && found.size <= size) {
      anchors.push(found);
      found = await this.anchorOver(tenantId, found.size);
    }
    return anchors;
  }

  /**
   * The anchored checkpoint to prove the entry at `index` under: of those that cover it, the newest that most witnesses
   * cosigned, else the newest that the meta-log holds; null while it holds none.
   */
  async anchorOver(tenantId: TenantId, index: number): Promise<AnchoredCheckpoint | null> {
    const anchors = await this.tenancy.forTenant(tenantId, (tx) => anchorsOver(tx, index, ANCHORS_LOOKED_AT));
    if (anchors.length === 0) return null;
    return this.tenancy.forTenant(HOUSE, async (tx) => {
      const head = await readHead(tx);
      if (head?.checkpoint == null) return null;
      const places = await placesOf(
        tx,
        anchors.map(({ leafId }) => leafId),
      );
      const heads = [
        ...(await listCosigned(tx)),
        { size: head.size, checkpoint: head.checkpoint, cosignatures: 0 },
      ];
      for (const { size, checkpoint, cosignatures } of heads) {
        const under = (anchor: Anchor): boolean => (places.get(anchor.leafId) ?? Infinity) < size;
        const found = anchors.find(under);
        if (found === undefined) continue;
        const position = places.get(found.leafId) ?? 0;
        const path = await inclusionPath(position, size, tileReader(tx));
        const proof = { index: position, path, checkpoint };
        const anchoring = cosignatures > 0 ? 'COSIGNED' : 'PENDING';
        return { ...found, anchored: { anchoring, anchor: { salt: found.salt, proof } } };
      }
      return null;
    });
  }
}

async function newest(tx: TenantTx): Promise<AnchoredCheckpoint | null> {
  const head = await readHead(tx);
  if (head?.checkpoint == null) return null;
  return { checkpoint: head.checkpoint, size: head.size, anchored: { anchoring: 'PENDING', anchor: null } };
}
