import { type TenantId } from '@personr/kernel';
import { type KeyStore } from './key-store.js';

/** A size of a log and the root of the tree of that size. */
export type SignedHead = { readonly size: number; readonly root: Uint8Array };

/** A log, by whose it is and by its name. */
type LogName = { readonly tenantId: TenantId; readonly origin: string };

type Change = { readonly before: SignedHead | null; readonly next: SignedHead };

/**
 * How far each log was signed. Lies in the key store because that never goes back; it has nothing to do with keys. The
 * composition root of an app binds it to the port of the room that signs. It is read and moved for many tenants together,
 * by functions of the database that can do nothing else.
 */
export class KeyStoreHeads {
  constructor(private readonly store: KeyStore) {}

  /** What was recorded last, or null for a log that was never signed. Throws `SERVICE_UNAVAILABLE`. */
  async read(tenantId: TenantId, origin: string): Promise<SignedHead | null> {
    const [head] = await this.readAll([{ tenantId, origin }]);
    return head ?? null;
  }

  /** The same of each of these logs, in their order, in one round trip. */
  async readAll(logs: readonly LogName[]): Promise<(SignedHead | null)[]> {
    if (logs.length === 0) return [];
    const rows = await this.store.database.across(READ, tenantsOf(logs), originsOf(logs));
    const found = new Map(
      rows.map(({ place, size, root }) => [Number(place), { size: Number(size), root: root as Buffer }]),
    );
    return logs.map((_, at) => found.get(at + 1) ?? null);
  }

  /**
   * Records `next` if `before` is what was recorded last (null: nothing was). Durable when it resolves with true. Throws
   * `SERVICE_UNAVAILABLE`: then it may have been recorded or not.
   */
  async swap(tenantId: TenantId, origin: string, change: Change): Promise<boolean> {
    const [isDone] = await this.swapAll([{ tenantId, origin, ...change }]);
    return isDone === true;
  }

  /** The same for each of these logs, in one transaction; says of each whether it was recorded. None is to be named twice. */
  async swapAll(changes: readonly (LogName & Change)[]): Promise<boolean[]> {
    if (changes.length === 0) return [];
    const rows = await this.store.database.across(
      SIGN,
      tenantsOf(changes),
      originsOf(changes),
      changes.map(({ before }) => before?.size ?? null),
      changes.map(({ before }) => bytesOf(before)),
      changes.map(({ next }) => next.size),
      changes.map(({ next }) => bytesOf(next)),
    );
    const done = new Set(rows.map(({ place }) => Number(place)));
    return changes.map((_, at) => done.has(at + 1));
  }
}

const tenantsOf = (logs: readonly LogName[]): string[] => logs.map(({ tenantId }) => tenantId);
const originsOf = (logs: readonly LogName[]): string[] => logs.map(({ origin }) => origin);
const bytesOf = (head: SignedHead | null): Buffer | null => (head === null ? null : Buffer.from(head.root));

const READ = 'select place, size, root from keystore_signed($1::uuid[], $2::text[])';
const SIGN = `select place from keystore_sign(
  $1::uuid[], $2::text[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bytea[])`;
