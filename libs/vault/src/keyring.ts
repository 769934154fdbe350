import { randomUUID } from 'node:crypto';
import { type TenantId } from '@personr/kernel';

declare const brand: unique symbol;

/** The random name of a root (a UUIDv4, RFC 9562, section 5.4). */
export type RootId = string & { readonly [brand]: 'root' };

export type RootName = { readonly tenantId: TenantId; readonly rootId: RootId };

/** A tenant's root key, 32 bytes. Whoever made or read it overwrites `key`. */
export type Root = RootName & { readonly key: Uint8Array };

/** Makes a name for a new root. */
export const newRootId = (): RootId => randomUUID() as RootId;

/**
 * Where roots live, on at least two replicas and in no backup. It decides nothing: the key store says which
 * root counts and which may go. Every method throws `KEYRING_UNSAFE` where others could read a replica.
 */
export interface Keyring {
  /**
   * Resolves when every replica holds these roots durably and has been read back. What a replica already holds
   * stays; damage is replaced. `KEYRING_INCOMPLETE` when a replica fails or holds another key by that name.
   */
  prepare(roots: readonly Root[]): Promise<void>;

  /** The root's key from any replica that holds it undamaged, or null. */
  read(name: RootName): Promise<Buffer | null>;

  /** What each replica says, read afresh: the root's key, or null where it is absent or damaged. */
  readAll(name: RootName): Promise<(Buffer | null)[]>;

  /** Resolves when no replica holds any of these roots. Absent ones are no error. `KEYRING_INCOMPLETE` when a replica fails. */
  destroy(names: readonly RootName[]): Promise<void>;

  /** The roots that any replica holds, damaged or half-written ones included; of one tenant if given. */
  list(tenantId?: TenantId): Promise<RootName[]>;

  /**
   * Resolves with the number of replicas when every one is there and private. `KEYRING_INCOMPLETE` when one was not
   * founded here: a disk that is away must not pass for an empty one, with a retired root lying on it.
   */
  check(): Promise<number>;

  /**
   * Makes every replica that is not there yet, empty. For a house that has no roots, and for an operator who says that a
   * replica is lost for good and another takes its place.
   */
  found(): Promise<void>;
}
