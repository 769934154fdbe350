import { AuditLog } from '@personr/audit';
import { type EntryId, newId, type TenantId } from '@personr/kernel';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import pg from 'pg';
import { HeadWatch } from './head-watch.js';

/** Connections that write at the same time. */
export const WRITERS = 32;

/** What came of a load: entries, how long it took to write them and to have all under a checkpoint, and how long each waited for one. */
export type Load = {
  readonly entries: number;
  readonly appendSeconds: number;
  readonly seconds: number;
  readonly waits: readonly number[];
};

/** For how long, how many a second (as fast as can be when left out), and how many entries a transaction. */
export type LoadShape = { readonly seconds: number; readonly rate?: number; readonly batch?: number };

export type LoadUrls = {
  readonly TENANT_DATABASE_URL: string;
  readonly RELAY_DATABASE_URL: string;
  readonly DIRECTORY_DATABASE_URL: string;
  readonly ownerUrl: string;
};

/** Writes entries of many tenants as acts do, and watches the running product take them in. */
export class EvidenceLoad {
  private readonly audit = new AuditLog();

  private constructor(
    private readonly tenancy: Tenancy,
    private readonly owner: pg.Client,
    private readonly ownerUrl: string,
  ) {}

  static async open(urls: LoadUrls): Promise<EvidenceLoad> {
    const owner = new pg.Client({ connectionString: urls.ownerUrl });
    await owner.connect();
    const tenancy = openTenancy({
      tenantUrl: urls.TENANT_DATABASE_URL,
      relayUrl: urls.RELAY_DATABASE_URL,
      directoryUrl: urls.DIRECTORY_DATABASE_URL,
      poolSize: WRITERS,
    });
    return new EvidenceLoad(tenancy, owner, urls.ownerUrl);
  }

  /** Opens logs of so many new tenants. */
  async tenants(count: number): Promise<TenantId[]> {
    const at = new Date();
    const tenants = Array.from({ length: count }, () => newId<'tenant'>(at));
    for (const id of tenants) {
      await this.tenancy.forTenant(id, async (tx) => {
        await tx.tenant.create({ data: { id, name: 'Bench', createdAt: at, kind: 'CLIENT' } });
        await this.audit.open(tx, { origin: `bench.example/log/${id}`, at });
      });
    }
    return tenants;
  }

  /** One transaction after the other on 32 connections, tenant after tenant; then waits until each entry is under a checkpoint. */
  async write(
    tenants: readonly TenantId[],
    { seconds, rate = Infinity, batch = 1 }: LoadShape,
  ): Promise<Load> {
    const watch = new HeadWatch(this.owner);
    const committed = new Map<EntryId, number>();
    const startedAt = performance.now();
    await turns({ seconds, rate }, async (turn) => {
      const tenantId = tenants[turn % tenants.length];
      if (tenantId === undefined) throw new Error('there is no tenant to write for');
      const ids = await this.tenancy.forTenant(tenantId, (tx) => this.audit.appendAll(tx, eventsOf(batch)));
      const at = performance.now();
      for (const id of ids) committed.set(id, at);
    });
    const appendSeconds = (performance.now() - startedAt) / 1000;
    await watch.untilNothingWaits();
    const waits = await watch.waitsOf(committed);
    return { entries: committed.size, appendSeconds, seconds: (watch.lastAt - startedAt) / 1000, waits };
  }

  /** Rows a second of plain INSERTs, one a transaction on as many connections, into a table that nothing looks after. */
  async plainRate(seconds: number): Promise<number> {
    await this.owner.query(`create schema if not exists bench;
      create table if not exists bench.entry (id uuid primary key, entry bytea, at timestamptz)`);
    const pool = new pg.Pool({ connectionString: this.ownerUrl, max: WRITERS });
    const [event] = eventsOf(1);
    const entry = Buffer.from(JSON.stringify(event));
    let rows = 0;
    await turns({ seconds, rate: Infinity }, async () => {
      const at = new Date();
      await pool.query({
        name: 'plain',
        text: 'insert into bench.entry values ($1, $2, $3)',
        values: [newId(at), entry, at],
      });
      rows += 1;
    });
    await pool.end();
    return rows / seconds;
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    await this.tenancy.close();
    await this.owner.end();
  }
}

/** 32 lanes that take turns for so long; the n-th turn is not before its time at this rate. */
async function turns(
  { seconds, rate }: { seconds: number; rate: number },
  work: (turn: number) => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  let next = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const turn = next;
      next += 1;
      const wait = startedAt + (turn / rate) * 1000 - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      if (performance.now() >= endsAt) return;
      await work(turn);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, lane));
}

const eventsOf = (count: number) =>
  Array.from({ length: count }, (_, place) => ({
    event: 'bench.happened',
    at: new Date(),
    actor: { kind: 'SYSTEM' } as const,
    instructionId: newId<'instruction'>(new Date()),
    from: 'ERASING',
    to: 'RESPONDED',
    policyVersion: '1',
    detail: { place },
  }));
