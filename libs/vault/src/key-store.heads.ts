import { type TenantId } from '@personr/kernel';
import { type KeyStore } from './key-store.js';

/** A size of a log and the root of the tree of that size. */
export type SignedHead = { readonly size: number; readonly root: Uint8Array };

/**
 * How far each log was signed. Lies in the key store because that never goes back; it has nothing to do with keys. The
 * composition root of an app binds it to the port of the room that signs.
 */
export class KeyStoreHeads {
  constructor(private readonly store: KeyStore) {}

  /** What was recorded last, or null for a log that was never signed. Throws `SERVICE_UNAVAILABLE`. */
  read(tenantId: TenantId, origin: string): Promise<SignedHead | null> {
    return this.store.database.forTenant(tenantId, 'SHARED', async (tx) => {
      const [row] = await tx.query(
        'select size, root from last_signed where tenant_id = $1 and origin = $2',
        origin,
      );
      return row === undefined ? null : { size: Number(row.size), root: row.root as Buffer };
    });
  }

  /**
   * Records `next` if `before` is what was recorded last (null: nothing was). Durable when it resolves with true. Throws
   * `SERVICE_UNAVAILABLE`: then it may have been recorded or not.
   */
  swap(
    tenantId: TenantId,
    origin: string,
    { before, next }: { readonly before: SignedHead | null; readonly next: SignedHead },
  ): Promise<boolean> {
    return this.store.database.forTenant(tenantId, 'SHARED', async (tx) => {
      const rows =
        before === null
          ? await tx.query(INSERT, origin, next.size, next.root)
          : await tx.query(UPDATE, origin, next.size, next.root, before.size, before.root);
      return rows.length === 1;
    });
  }
}

const INSERT = `
  insert into last_signed (tenant_id, origin, size, root) values ($1, $2, $3, $4)
  on conflict do nothing returning size`;

const UPDATE = `
  update last_signed set size = $3, root = $4
   where tenant_id = $1 and origin = $2 and size = $5 and root = $6 and $3 > size returning size`;
