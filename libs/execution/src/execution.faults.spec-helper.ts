import { type Store, type RecordStore, Stores } from '@personr/stores';
import { houseStores } from '@personr/stores/testing';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type Vault } from '@personr/vault';
import { OBJECTS, type Sender } from './execution.bench.spec-helper.js';

/** The failure that a test provokes. */
export class Fault extends Error {}

/**
 * The doors of a process that dies at its n-th transaction: with it, before it could commit, or just after. Every
 * transaction that follows fails too, as for a process that is gone.
 */
export class DyingTenancy extends Tenancy {
  private transactions = 0;

  constructor(
    private readonly sound: Tenancy,
    private readonly death: { readonly at: number; readonly when: 'before the commit' | 'after the commit' },
  ) {
    super({} as never);
  }

  /** Whether the process came to its end before it died. */
  get survived(): boolean {
    return this.transactions < this.death.at;
  }

  override async forTenant<T>(tenantId: Sender['tenantId'], work: (tx: TenantTx) => Promise<T>): Promise<T> {
    this.transactions += 1;
    if (this.transactions > this.death.at) throw new Fault('dead');
    if (this.transactions < this.death.at) return this.sound.forTenant(tenantId, work);
    await this.sound.forTenant(tenantId, async (tx) => {
      await work(tx);
      if (this.death.when === 'before the commit') throw new Fault(this.death.when);
    });
    throw new Fault(this.death.when);
  }
}

/** The vault, with something that happens before or after one of its acts. */
export const vaultThat = (
  sound: Vault,
  happens: { before?: keyof Vault; after?: keyof Vault; what: () => unknown },
): Vault => doing(sound, happens);

/** The stores, with something that happens before or after rows are erased or searched in the store of records. */
export class StoresThat extends Stores {
  private readonly sound = houseStores(OBJECTS);
  readonly records: RecordStore;

  constructor(happens: {
    before?: 'eraseRows' | 'remainingRows';
    after?: 'eraseRows' | 'remainingRows';
    what: () => unknown;
  }) {
    super();
    this.records = doing(this.sound.records, happens);
  }

  all(): readonly Store[] {
    return this.sound.all().map((store) => (store === this.sound.records ? this.records : store));
  }
}

/** The same thing, with something that happens before or after one of its acts. */
function doing<Thing extends object>(
  sound: Thing,
  happens: { before?: keyof Thing; after?: keyof Thing; what: () => unknown },
): Thing {
  return new Proxy(sound, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      if (name !== happens.before && name !== happens.after) return (member as () => unknown).bind(target);
      return async (...given: unknown[]) => {
        if (name === happens.before) await happens.what();
        const answer: unknown = await Reflect.apply(member, target, given);
        if (name === happens.after) await happens.what();
        return answer;
      };
    },
  });
}
