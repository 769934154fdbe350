import pg from 'pg';
import { type House, type TestTenant } from './house.js';

/** How many rows each table of both databases has for a tenant. */
export type Rows = Readonly<Record<string, number>>;

/** Counts rows as the owners of both databases, whom no policy holds back. */
export type RowCounter = { readonly count: () => Promise<Rows>; readonly close: () => Promise<void> };

/** Where refusals are told of: the waiting place of entries, and the counts of what comes in floods. */
export const REFUSALS: readonly string[] = ['audit_outbox', 'counted_event'];

/** The places of requests that go on over many transactions: rows of `idempotency` that stand for no answer yet. */
const PLACES = 'idempotency under way';

/**
 * What is there while a request goes on. Who breaks the protocol is answered by the parser at once, and what was begun for
 * it is cleared away after that.
 */
export const UNDER_WAY: readonly string[] = ['document_upload', PLACES];

/** Counts the rows of a tenant in every table that knows tenants, and of all in a table that does not. */
export async function rowCounter({ owner, databases }: House, { tenantId }: TestTenant): Promise<RowCounter> {
  const keys = new pg.Pool({ connectionString: databases.keystoreOwnerUrl, max: 1 });
  const [tables, keystore] = await Promise.all([countOf(owner), countOf(keys)]);
  const data = `${tables} union all
    select '${PLACES}', count(*)::int from idempotency where tenant_id = $1 and status = 102`;
  return {
    count: async () => {
      const answers = await Promise.all([
        owner.query<Row>(data, [tenantId]),
        keys.query<Row>(keystore, [tenantId]),
      ]);
      const [inData, inKeys] = answers.map(({ rows }) => rows.map(({ name, rows: n }) => [name, n] as const));
      return Object.fromEntries([
        ...(inData ?? []),
        ...(inKeys ?? []).map(([name, n]) => [`keystore ${name}`, n] as const),
      ]);
    },
    close: () => keys.end(),
  };
}

type Row = { readonly name: string; readonly rows: number };

async function countOf(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ name: string; hasTenant: boolean }>(`
    select c.relname as name,
           exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') as "hasTenant"
      from pg_class c
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`);
  return rows
    .map(({ name, hasTenant }) => {
      const whose = hasTenant ? 'tenant_id = $1' : '$1::uuid is not null';
      return `select '${name}' as name, count(*)::int as rows from "${name}" where ${whose}`;
    })
    .join(' union all ');
}

/** What has changed between two counts. */
export const changesOf = (before: Rows, after: Rows): Rows =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, rows]) => [name, rows - (before[name] ?? 0)] as const)
      .filter(([, more]) => more !== 0),
  );
