import { DomainError, isDomainError, type TenantId } from '@personr/kernel';
import { type Keyring, type Root, type RootName } from './keyring.js';
import { type Replica } from './replica.js';

/** A keyring in two or more replicas of one kind. The constructor throws `CONFIG_INVALID` for fewer. */
export class ReplicatedKeyring implements Keyring {
  constructor(private readonly replicas: readonly Replica[]) {
    if (replicas.length < 2) {
      throw new DomainError('CONFIG_INVALID', 'A keyring needs at least two different replicas.');
    }
  }

  async prepare(roots: readonly Root[]): Promise<void> {
    await this.everywhere((replica) => replica.write(roots));
  }

  read(name: RootName): Promise<Buffer | null> {
    return Promise.resolve().then(() => {
      for (const replica of this.replicas) {
        const key = readOf(replica, name);
        if (key !== null) return key;
      }
      return null;
    });
  }

  readAll(name: RootName): Promise<(Buffer | null)[]> {
    return this.everywhere((replica) => Promise.resolve().then(() => readOf(replica, name)));
  }

  async destroy(names: readonly RootName[]): Promise<void> {
    if (names.length > 0) await this.everywhere((replica) => replica.destroy(names));
  }

  async list(tenantId?: TenantId): Promise<RootName[]> {
    const lists = await this.everywhere((replica) => Promise.resolve().then(() => replica.list(tenantId)));
    return [...new Map(lists.flat().map((name) => [`${name.tenantId}/${name.rootId}`, name])).values()];
  }

  async check(): Promise<number> {
    await this.everywhere((replica) => replica.check());
    return this.replicas.length;
  }

  async found(): Promise<void> {
    await this.everywhere((replica) => replica.found());
  }

  /** Every replica is tried to the end before the first failure counts, so that none is left half done unseen. */
  private async everywhere<T>(work: (replica: Replica) => Promise<T>): Promise<T[]> {
    const outcomes = await Promise.allSettled(this.replicas.map(work));
    return outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  }
}

function readOf(replica: Replica, name: RootName): Buffer | null {
  try {
    return replica.read(name);
  } catch (error) {
    if (isDomainError(error, 'KEYRING_INCOMPLETE')) return null;
    throw error;
  }
}
