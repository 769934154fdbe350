import { DomainError } from '@personr/kernel';
import pg, { type Client } from 'pg';

/** A table with the columns that a COPY takes: all but generated ones. */
export type DataTable = { readonly name: string; readonly columns: readonly string[] };

/** A connection of the data database's owner, whom row security does not hold back. */
export async function connectOwner(url: string): Promise<Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'personr-backup' });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(
    "set row_security = off; set datestyle = 'ISO'; set timezone = 'UTC'; set statement_timeout = 0",
  );
  return client;
}

/** Every table of the data database, by name. */
export async function tablesOf(client: Client): Promise<DataTable[]> {
  const { rows } = await client.query<DataTable>(`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> '_prisma_migrations'
       and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     group by c.relname order by c.relname`);
  return rows;
}

/** Which tables refer to which others. */
export async function referencesOf(client: Client): Promise<{ from: string; to: string }[]> {
  const { rows } = await client.query<{ from: string; to: string }>(`
    select distinct f.relname as from, t.relname as to
      from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
     where k.contype = 'f' and f.relnamespace = 'public'::regnamespace and f.oid <> t.oid`);
  return rows;
}

/** The tables in an order in which none comes before one that it refers to. */
export function inLoadingOrder<Table extends { readonly name: string }>(
  tables: readonly Table[],
  references: readonly { from: string; to: string }[],
): Table[] {
  const left = new Map(tables.map((table) => [table.name, table]));
  const order: Table[] = [];
  while (left.size > 0) {
    const ready = [...left.values()].filter(
      ({ name }) => !references.some(({ from, to }) => from === name && left.has(to)),
    );
    if (ready.length === 0) throw new Error('tables refer to each other in a ring');
    for (const table of ready) left.delete(table.name);
    order.push(...ready);
  }
  return order;
}

/** Names as SQL quotes them. */
export const quoted = (...names: readonly string[]): string =>
  names.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ');

/** Throws `RESTORE_REFUSED` unless this login sees every row: forced row security spares superusers and BYPASSRLS alone. */
export async function assertSeesAll(client: Client): Promise<void> {
  const { rows } = await client.query<{ sees: boolean }>(
    'select rolsuper or rolbypassrls as sees from pg_roles where rolname = current_user',
  );
  if (rows[0]?.sees === true) return;
  throw new DomainError(
    'RESTORE_REFUSED',
    'DATABASE_URL must be a login that row security does not hold back (superuser or BYPASSRLS).',
  );
}
