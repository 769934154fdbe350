import { type TenantId } from '@personr/kernel';
import { growTree, hashLeaf } from '@personr/proof';
import { type Tenancy } from '@personr/tenancy';
import { readHead, takePending, tileReader } from './log.repository.js';
import { isSameTree, type SignedHeads } from './signed-heads.js';

/**
 * Says whether the tenant's log was signed further than this data database knows: then it is older, or the key store is
 * another's. A log that was recorded as signed and whose entries still wait here, as a crash leaves it, lacks nothing. While
 * somebody sequences at the same time it may say so of a log that lacks nothing: ask again. Reads only, and without the
 * evidence store. Throws `SERVICE_UNAVAILABLE`.
 */
export function lacksSigned(tenancy: Tenancy, heads: SignedHeads, tenantId: TenantId): Promise<boolean> {
  return tenancy.forTenant(tenantId, async (tx) => {
    const head = await readHead(tx);
    const recorded = head === null ? null : await heads.read(tenantId, head.origin);
    if (head === null || recorded === null || recorded.size <= head.size) return false;
    const missing = recorded.size - head.size;
    const waiting = await takePending(tx, missing);
    if (waiting.length < missing) return true;
    const leaves = waiting.map(({ entry }) => hashLeaf(entry));
    return !isSameTree(await growTree(head.size, leaves, tileReader(tx)), recorded);
  });
}
