import { type TenantId } from '@personr/kernel';
import { type Bulk, runBulk } from './bulk.js';
import { type Database, type Tx } from './database.js';
import { narrowedTo, type Narrowing } from './narrowing.client.js';

declare const tenantScoped: unique symbol;
declare const relayScoped: unique symbol;
declare const directoryScoped: unique symbol;

/**
 * A transaction that PostgreSQL has already narrowed to one tenant. Only `forTenant` makes one. `bulk` runs a
 * statement on the same connection, in the same transaction, past Prisma: for rows by the thousand.
 */
export type TenantTx = Tx & {
  readonly tenantId: TenantId;
  readonly bulk: Bulk;
  readonly [tenantScoped]: true;
};

/**
 * A transaction that sees ids and times of every tenant, and no content but what functions of the database hand it: entries
 * of logs, to be given their places. Only `forRelay` makes one. `bulk` is as in `TenantTx`.
 */
export type RelayTx = Tx & { readonly bulk: Bulk; readonly [relayScoped]: true };

/** A transaction that sees who may knock: tenants' states and API clients' secret hashes. Only `forDirectory` makes one. */
export type DirectoryTx = Tx & { readonly [directoryScoped]: true };

/** One client a door, each signed in as that door's role. */
export type Doors = { readonly tenant: Database; readonly relay: Database; readonly directory: Database };

/**
 * The three doors to the data database. Each is a database role of its own with its own pool and policies, so
 * that what a door does not show cannot be reached through it, whatever our code asks for.
 */
export class Tenancy {
  constructor(private readonly doors: Doors) {}

  /** Runs `work` inside one transaction that can see and touch only this tenant's rows. */
  async forTenant<T>(tenantId: TenantId, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    const narrowing: Narrowing = { tenantId, client: null };
    try {
      return await narrowedTo(narrowing, () =>
        this.doors.tenant.$transaction((tx) =>
          work(extended(tx, { tenantId, bulk: bulkOver(narrowing) }) as TenantTx),
        ),
      );
    } finally {
      narrowing.client = null;
    }
  }

  /**
   * Runs `work` where ids and times of due work, outboxes and deadlines of all tenants are seen; beside them, what functions
   * of the database give it that do one thing each.
   */
  async forRelay<T>(work: (tx: RelayTx) => Promise<T>): Promise<T> {
    const narrowing: Narrowing = { tenantId: null, client: null };
    try {
      return await narrowedTo(narrowing, () =>
        this.doors.relay.$transaction((tx) => work(extended(tx, { bulk: bulkOver(narrowing) }) as RelayTx)),
      );
    } finally {
      narrowing.client = null;
    }
  }

  /** Runs `work` where it is seen who is knocking, before any tenant is known. */
  forDirectory<T>(work: (tx: DirectoryTx) => Promise<T>): Promise<T> {
    return this.doors.directory.$transaction((tx) => work(tx as DirectoryTx));
  }

  /**
   * One question to the directory, in one round trip: a statement of its own, without a transaction around it. For
   * what is asked with every request. The door reads only, so there is nothing to do half.
   */
  askDirectory<T>(ask: (tx: DirectoryTx) => Promise<T>): Promise<T> {
    return ask(this.doors.directory as unknown as DirectoryTx);
  }

  /** Resolves when all three doors open; rejects with the database's error when one does not. */
  async check(): Promise<void> {
    await Promise.all(Object.values(this.doors).map((door) => door.$queryRaw`select 1`));
  }

  /** Closes every pool. */
  async close(): Promise<void> {
    await Promise.all(Object.values(this.doors).map((door) => door.$disconnect()));
  }
}

/** Past Prisma, on the connection of a transaction while it lasts. */
const bulkOver =
  (narrowing: Narrowing): Bulk =>
  (text, ...values) => {
    if (narrowing.client === null) throw new Error('the transaction has ended');
    return runBulk(narrowing.client, text, values);
  };

/** Says more on an object of this transaction alone: what is set on Prisma's own is set for all that run. */
function extended(tx: Tx, own: { readonly tenantId?: TenantId; readonly bulk: Bulk }): unknown {
  const { tenantId, bulk } = own;
  return Object.create(tx, {
    ...(tenantId === undefined ? {} : { tenantId: { value: tenantId, enumerable: true } }),
    bulk: { value: bulk },
  });
}
