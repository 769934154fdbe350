import { type TenantId } from '@personr/kernel';

/** A size of a log and the root of the tree of that size. */
export type TreeHead = { readonly size: number; readonly root: Uint8Array };

/**
 * How far each log was signed, kept where no restore of the data database reaches. Whatever stands here may have been
 * signed and may be in somebody's hands: for this size there is no other tree.
 */
export type SignedHeads = {
  /** What was recorded last, or null for a log that was never signed. Throws `SERVICE_UNAVAILABLE`. */
  read(tenantId: TenantId, origin: string): Promise<TreeHead | null>;

  /**
   * Records `next` if `before` is what was recorded last (compare-and-swap; null: nothing was). When it resolves with
   * true, the record is durable; with false, nothing was changed. Throws `SERVICE_UNAVAILABLE`: then either may be so.
   */
  swap(
    tenantId: TenantId,
    origin: string,
    change: { readonly before: TreeHead | null; readonly next: TreeHead },
  ): Promise<boolean>;
};

/** What the composition root provides `SignedHeads` under. */
export const SIGNED_HEADS = Symbol('signed heads');

/** Says whether two heads are the same tree; an empty log is as good as none. */
export function isSameTree(one: TreeHead | null, other: TreeHead | null): boolean {
  const [first, second] = [treeOf(one), treeOf(other)];
  if (first === null || second === null) return first === second;
  return first.size === second.size && Buffer.compare(first.root, second.root) === 0;
}

const treeOf = (head: TreeHead | null): TreeHead | null => (head?.size === 0 ? null : head);
