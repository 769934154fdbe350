import { type TenantId } from '@personr/kernel';

/** A size of a log and the root of the tree of that size. */
export type TreeHead = { readonly size: number; readonly root: Uint8Array };

/** A log, by whose it is and by its name. */
export type LogName = { readonly tenantId: TenantId; readonly origin: string };

/** A log that is to be recorded as signed up to `next`, if `before` was recorded last (null: nothing was). */
export type HeadChange = LogName & { readonly before: TreeHead | null; readonly next: TreeHead };

/**
 * How far each log was signed, kept where no restore of the data database reaches. Whatever stands here may have been
 * signed and may be in somebody's hands: for this size there is no other tree. Methods throw `SERVICE_UNAVAILABLE`.
 */
export type SignedHeads = {
  /** What was recorded last, or null for a log that was never signed. */
  read(tenantId: TenantId, origin: string): Promise<TreeHead | null>;

  /** The same of each of these logs, in their order. */
  readAll(logs: readonly LogName[]): Promise<readonly (TreeHead | null)[]>;

  /**
   * Records each `next` whose `before` is what was recorded last (compare-and-swap), in one transaction, and says of each
   * whether it did: one that did not holds up no other. When it resolves, what it says is durable; when it throws, each
   * may be recorded or not.
   */
  swapAll(changes: readonly HeadChange[]): Promise<readonly boolean[]>;
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
