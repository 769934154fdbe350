import { type InstructionId, type TenantId } from '@personr/kernel';
import { type KeyStoreDatabase } from './key-store.database.js';

/** The mark of the data database that goes with this key store, and the one that it is moving on to. */
export type Marks = { readonly mark: string; readonly next: string | null; readonly rolledAt: Date };

/** An instruction that was accepted, or an erasure that had begun: the data database knew of it before this store did. */
export type Known = {
  readonly tenantId: TenantId;
  readonly instructionId: InstructionId;
  readonly isErasure: boolean;
};

/**
 * Which state of the data database goes with this key store, which never goes back. A move has two steps, so that a crash
 * between them leaves both marks good: `begin` names the next mark, the data database takes it, `settle` makes it the one.
 * Every method throws `SERVICE_UNAVAILABLE` when the key store does not answer.
 */
export class KeyStoreTide {
  constructor(private readonly database: KeyStoreDatabase) {}

  /** The marks, or null when no data database has been seen yet. */
  async read(): Promise<Marks | null> {
    const [row] = await this.database.house('select mark, next, rolled_at as "rolledAt" from tide');
    return (row as Marks | undefined) ?? null;
  }

  /** Takes a data database's mark for its own, if it has none. */
  async adopt(mark: string, at: Date): Promise<void> {
    await this.database.house(
      'insert into tide (mark, rolled_at) values ($1, $2) on conflict do nothing',
      mark,
      at,
    );
  }

  /** Names the next mark, unless a move is under way already. */
  async begin(next: string): Promise<void> {
    await this.database.house('update tide set next = $1 where next is null', next);
  }

  /** Makes `next` the mark, if it still is what is moved on to. */
  async settle(next: string, at: Date): Promise<void> {
    await this.database.house(
      'update tide set mark = next, next = null, rolled_at = $2 where next = $1',
      next,
      at,
    );
  }

  /** The newest instructions and erasures written down since an instant, at most so many of each. */
  async since(at: Date, most: number): Promise<Known[]> {
    const rows = await this.database.house('select * from keystore_recent($1, $2)', at, most);
    return rows.map((row) => ({
      tenantId: row.tenant_id as TenantId,
      instructionId: row.instruction_id as InstructionId,
      isErasure: row.is_erasure as boolean,
    }));
  }
}
