import { type TenantId } from '@personr/kernel';
import { type Root, type RootName } from './keyring.js';

/** One replica of a keyring. Every method throws `KEYRING_UNSAFE` where others could read it, `KEYRING_INCOMPLETE` when it fails. */
export interface Replica {
  /** Resolves when the replica is there, private, and was founded. */
  check(): Promise<void>;

  /** Makes the replica, empty, and marks it as founded. Does nothing to one that is. */
  found(): Promise<void>;

  /** Resolves when the roots are durable here and were read back. Leaves undamaged ones as they are. */
  write(roots: readonly Root[]): Promise<void>;

  /** The root's key, or null when it is absent or damaged. */
  read(name: RootName): Buffer | null;

  /** Resolves when none of the roots is here, damaged or half-written ones included. */
  destroy(names: readonly RootName[]): Promise<void>;

  /** The roots held here, damaged or half-written ones included; of one tenant if given. */
  list(tenantId?: TenantId): RootName[];
}
