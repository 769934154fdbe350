import { resolve } from 'node:path';
import { DomainError, isDomainError, type TenantId } from '@personr/kernel';
import { type Keyring, type Root, type RootName } from './keyring.js';
import { ReplicaDirectory } from './replica.directory.js';

/**
 * A keyring in two or more directories of one host, best on separate disks. Overwriting a file is best effort
 * on flash and on copy-on-write disks, and a snapshot of a volume that holds a replica voids the promise.
 * The constructor throws `CONFIG_INVALID` for fewer than two different directories.
 */
export class DirectoryKeyring implements Keyring {
  private readonly replicas: readonly ReplicaDirectory[];

  constructor(directories: readonly string[]) {
    const different = new Set(directories.map((directory) => resolve(directory)));
    if (different.size < 2 || different.size !== directories.length) {
      throw new DomainError('CONFIG_INVALID', 'A keyring needs at least two different directories.');
    }
    this.replicas = directories.map((directory) => new ReplicaDirectory(directory));
  }

  async prepare(roots: readonly Root[]): Promise<void> {
    await this.everywhere(async (replica) => {
      for (const root of roots) await replica.write(root);
    });
  }

  async read(name: RootName): Promise<Buffer | null> {
    for (const replica of this.replicas) {
      const key = await replica.read(name).catch(nothingIfIncomplete);
      if (key !== null) return key;
    }
    return null;
  }

  readAll(name: RootName): Promise<(Buffer | null)[]> {
    return this.everywhere((replica) => replica.read(name).catch(nothingIfIncomplete));
  }

  async destroy(names: readonly RootName[]): Promise<void> {
    if (names.length > 0) await this.everywhere((replica) => replica.destroy(names));
  }

  async list(tenantId?: TenantId): Promise<RootName[]> {
    const lists = await this.everywhere((replica) => replica.list(tenantId));
    return [...new Map(lists.flat().map((name) => [`${name.tenantId}/${name.rootId}`, name])).values()];
  }

  async check(): Promise<number> {
    await this.everywhere((replica) => replica.check());
    return this.replicas.length;
  }

  /** Every replica is tried to the end before the first failure counts, so that none is left half done unseen. */
  private async everywhere<T>(work: (replica: ReplicaDirectory) => Promise<T>): Promise<T[]> {
    const outcomes = await Promise.allSettled(this.replicas.map(work));
    return outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  }
}

function nothingIfIncomplete(error: unknown): null {
  if (isDomainError(error, 'KEYRING_INCOMPLETE')) return null;
  throw error;
}
