import { resolve } from 'node:path';
import { DomainError } from '@personr/kernel';
import { ReplicaDirectory } from './replica.directory.js';
import { ReplicatedKeyring } from './replicated.keyring.js';

/**
 * A keyring in two or more directories of one host, best on separate disks. Overwriting a file is best effort
 * on flash and on copy-on-write disks, and a snapshot of a volume that holds a replica voids the promise.
 * The constructor throws `CONFIG_INVALID` for fewer than two different directories.
 */
export class DirectoryKeyring extends ReplicatedKeyring {
  constructor(directories: readonly string[]) {
    const different = new Set(directories.map((directory) => resolve(directory)));
    if (different.size < 2 || different.size !== directories.length) {
      throw new DomainError('CONFIG_INVALID', 'A keyring needs at least two different directories.');
    }
    super(directories.map((directory) => new ReplicaDirectory(directory)));
  }
}
