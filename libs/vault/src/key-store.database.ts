import pg, { type Pool, type PoolClient } from 'pg';
import { DomainError, isId, type TenantId } from '@personr/kernel';
import { type Statement, statementOf } from './key-store.statement.js';
import { type RootName } from './keyring.js';
import { type PackId } from './pack.js';
import { type Durability } from './vault.js';

/** SHARED for whoever reads or adds keys, EXCLUSIVE for whoever changes or destroys them. */
export type TenantLock = 'SHARED' | 'EXCLUSIVE';

type Row = Record<string, unknown>;

/** A transaction of the key store, narrowed to one tenant and holding its lock. */
export class KeyStoreTx {
  private readonly sent: Promise<unknown>[] = [];

  constructor(
    private readonly client: PoolClient,
    readonly tenantId: TenantId,
  ) {}

  /** Runs one statement, which the connection prepares once. `$1` is always the tenant; `values` begin at `$2`. */
  query(text: string, ...values: readonly unknown[]): Promise<Row[]> {
    return ask(this.client, statementOf(text, [this.tenantId, ...values]));
  }

  /** Sends one statement without waiting for it: whether it succeeded is known when the transaction has committed. */
  send(text: string, ...values: readonly unknown[]): void {
    const answer = this.query(text, ...values);
    answer.catch(() => undefined);
    this.sent.push(answer);
  }

  /** Throws what a statement that was sent failed with. */
  async answered(): Promise<void> {
    await Promise.all(this.sent);
  }

  /** Sends several statements in one message and returns the rows of each. Nothing but ids and hex digits is written into it. */
  script(text: string): Promise<Row[][]> {
    return askAll(this.client, text);
  }
}

// A frozen process must not keep a tenant's lock: the server ends its transaction after this time. It is set with the
// transaction, since a pooler hands on no settings of a session.
const IDLE_IN_TRANSACTION_MILLISECONDS = 30_000;
const CONNECT_MILLISECONDS = 30_000;

const LOCK = { SHARED: 'pg_advisory_xact_lock_shared', EXCLUSIVE: 'pg_advisory_xact_lock' };

/**
 * Begins, narrows and locks in one message. The lock is a statement of its own, so that every later one sees what
 * its last holder left. Such a message takes no parameters, so the id is checked to be one before it is written in.
 */
function beginFor(tenantId: TenantId, lock: TenantLock): string {
  if (!isId(tenantId))
    throw new DomainError('ID_MALFORMED', 'A tenant id is a lower-case UUID of version 7.');
  const idle = `set_config('idle_in_transaction_session_timeout', '${String(IDLE_IN_TRANSACTION_MILLISECONDS)}', true)`;
  return `begin; select set_config('app.tenant_id', '${tenantId}', true), ${idle}, ${LOCK[lock]}(hashtextextended('${tenantId}', 0))`;
}

/**
 * Reads which keys of these packs there are, in the message that begins and that ends. A pack of a tree that was given up
 * is there until it is cleared, and none of its keys is: its root has gone.
 */
function readPacks(tenantId: TenantId, packIds: readonly PackId[]): string {
  if (!packIds.every(isId))
    throw new DomainError('ID_MALFORMED', 'A key id is a lower-case UUID of version 7.');
  const list = packIds.map((id) => `'${id}'`).join(',');
  return `${beginFor(tenantId, 'SHARED')};
    select p.pack_id, cardinality(p.labels) as places, array_positions(p.labels, null) as gone,
           p.generation < n.generation as is_closed
    from pack p cross join lateral (
      select tree, generation from node where tenant_id = '${tenantId}' and owner = p.owner limit 1) n
    where p.tenant_id = '${tenantId}' and p.pack_id in (${list})
      and n.tree not in (select tree from tenant_root where tenant_id = '${tenantId}' and left_at is not null);
    commit`;
}

/** The door to the key-store database. Every method throws `SERVICE_UNAVAILABLE` when it does not answer. */
export class KeyStoreDatabase {
  private readonly pool: Pool;

  constructor({ databaseUrl, poolSize }: { databaseUrl: string; poolSize: number }) {
    this.pool = new pg.Pool({
      connectionString: databaseUrl,
      max: poolSize,
      application_name: 'personr-vault',
      connectionTimeoutMillis: CONNECT_MILLISECONDS,
      pipeline: true,
    });
    // A lost connection is reported by the statement that needed it; here it only must not end the process.
    this.pool.on('error', () => undefined);
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** Runs `work` in one transaction under the tenant's lock. After a failure to commit the outcome is unknown: read it afresh. */
  forTenant<T>(tenantId: TenantId, lock: TenantLock, work: (tx: KeyStoreTx) => Promise<T>): Promise<T> {
    return this.forTenantReading(tenantId, { lock, read: '' }, work);
  }

  /** As `forTenant`, with the rows of a statement that goes with the message that begins, after the lock. */
  forTenantReading<T>(
    tenantId: TenantId,
    { lock, read }: { lock: TenantLock; read: string },
    work: (tx: KeyStoreTx, rows: Row[]) => Promise<T>,
  ): Promise<T> {
    return this.connected(async (client) => {
      const results = await askAll(client, `${beginFor(tenantId, lock)}; ${read}`);
      const tx = new KeyStoreTx(client, tenantId);
      const result = await work(tx, results.at(-1) ?? []);
      // In the order of sending: where a statement failed there is nothing to commit any more.
      await Promise.all([tx.answered(), commit(client)]);
      return result;
    });
  }

  /** Runs `work` with a connection, which is given back outside any transaction, or not at all. */
  private async connected<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw unavailable(error);
    });
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      await client.query('rollback').then(
        () => {
          client.release();
        },
        () => {
          client.release(true);
        },
      );
      throw error;
    }
  }

  /** How many places these packs have, as far as they exist, which (from 1) hold no key any more, and whether their owner has a newer generation: under the tenant's shared lock, in one round trip. */
  async packs(tenantId: TenantId, packIds: readonly PackId[]): Promise<Row[]> {
    return this.connected(async (client) => {
      const results = await askAll(client, readPacks(tenantId, packIds));
      return results.at(-2) ?? [];
    });
  }

  /** The root of every tree, whether it was given up, and whether the destruction of an older one of the tenant is unfinished. */
  async roots(): Promise<(RootName & { unfinished: boolean; hasLeft: boolean })[]> {
    const rows = await ask(this.pool, {
      text: 'select tenant_id, root_id, unfinished, has_left from keystore_roots()',
    });
    return rows.map((row) => ({
      tenantId: row.tenant_id as RootName['tenantId'],
      rootId: row.root_id as RootName['rootId'],
      unfinished: row.unfinished as boolean,
      hasLeft: row.has_left as boolean,
    }));
  }

  /** Runs one statement outside any tenant: it sees what belongs to none. */
  house(text: string, ...values: readonly unknown[]): Promise<Row[]> {
    return ask(this.pool, { text, values: [...values] });
  }

  /**
   * Runs one statement over many tenants, in one round trip: a function that may. What it wrote is committed, as safe as
   * every commit here, when this resolves; after a failure the outcome is unknown.
   */
  across(text: string, ...values: readonly unknown[]): Promise<Row[]> {
    return this.connected((client) => durably(client, () => ask(client, statementOf(text, values))));
  }

  /** What a commit rests on now. */
  async durability(): Promise<Durability> {
    const [row] = await ask(this.pool, { text: 'select keystore_durability() as durability' });
    return row?.durability as Durability;
  }

  /** Ends every connection. */
  close(): Promise<void> {
    return this.pool.end();
  }
}

const commit = (client: PoolClient): Promise<unknown> =>
  durably(client, () => ask(client, { text: 'commit' }));

/** A cancelled wait for the synchronous standby comes as a commit with a warning: it counts as unknown. */
async function durably<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  const warnings: unknown[] = [];
  const listen = (warning: unknown) => warnings.push(warning);
  client.on('notice', listen);
  try {
    const result = await work();
    if (warnings.length > 0) throw unavailable(undefined);
    return result;
  } finally {
    client.off('notice', listen);
  }
}

type Asked = { query(statement: Statement): Promise<{ rows: Row[] }> };

/** Sends several statements in one message, without parameters. Returns the rows of each. */
async function askAll(client: PoolClient, text: string): Promise<Row[][]> {
  try {
    const results = (await client.query(text)) as unknown as { rows: Row[] }[];
    return results.map(({ rows }) => rows);
  } catch (error) {
    throw unavailable(error);
  }
}

async function ask(client: Asked, statement: Statement): Promise<Row[]> {
  try {
    return (await client.query(statement)).rows;
  } catch (error) {
    throw unavailable(error);
  }
}

/** The server's own text may quote a value, so only its code is passed on. */
function unavailable(error: unknown): DomainError {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? ` (${String(error.code)})` : '';
  return new DomainError('SERVICE_UNAVAILABLE', `The key store did not answer${code}. Try again.`);
}
