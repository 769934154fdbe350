import { randomUUID } from 'node:crypto';
import { type TestDatabases } from '@personr/testkit';
import pg from 'pg';

const DOORS = ['tenantUrl', 'relayUrl', 'directoryUrl', 'keystoreUrl'] as const;

/**
 * Has PostgreSQL refuse `text` as each login of the apps: as a parameter and in the statement itself; for its type,
 * for a constraint, for row-level security, in every table the login may write. Returns the SQLSTATEs that came.
 */
export async function provokeErrors(
  databases: TestDatabases,
  tenantId: string,
  text: string,
): Promise<Set<string>> {
  const states = new Set<string>();
  for (const door of DOORS) {
    const client = new pg.Client({ connectionString: databases[door] });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const tables = await writableTables(client);
      const own = tables.flatMap((table) => [
        intoTable(table, tenantId, text),
        intoTable(table, randomUUID(), text),
      ]);
      for (const statement of [...statementsWith(text), ...own]) {
        states.add(await refusalOf(client, tenantId, statement));
      }
    } finally {
      await client.end();
    }
  }
  return states;
}

type Statement = { readonly text: string; readonly values?: readonly unknown[] };

const literal = (text: string): string => pg.escapeLiteral(text);

function statementsWith(text: string): Statement[] {
  const casts = ['uuid', 'integer', 'timestamptz', 'jsonb', 'bytea', 'inet'];
  return [
    ...casts.map((type) => ({ text: `select $1::text::${type}`, values: [`\\${text}`] })),
    ...casts.map((type) => ({ text: `select ${literal(`\\${text}`)}::${type}` })),
    { text: 'select $1::uuid', values: [text] },
    { text: `select ${literal(text)} from no_such_table` },
    { text: `select "${text}"` },
    {
      text: `do $$ begin raise exception using message = ${literal(text)}, detail = ${literal(text)},
        hint = ${literal(text)}, errcode = 'unique_violation'; end $$`,
    },
    { text: `do $$ begin raise warning using message = ${literal(text)}; perform 1/0; end $$` },
  ];
}

type Table = { readonly name: string; readonly has_tenant: boolean; readonly columns: string[] };

async function writableTables(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select c.oid::regclass::text as name,
            bool_or(a.attname = 'tenant_id') as has_tenant,
            array_agg(quote_ident(a.attname)) filter (where a.atttypid in ('text'::regtype, 'bytea'::regtype)) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
        and has_column_privilege(c.oid, a.attnum, 'insert')
      group by c.oid having count(*) filter (where a.atttypid in ('text'::regtype, 'bytea'::regtype)) > 0`,
  );
  return rows;
}

/** A row that holds nothing but the text, wherever it can: something else that must not be null is missing. */
function intoTable({ name, has_tenant, columns }: Table, tenantId: string, text: string): Statement {
  const names = has_tenant ? ['tenant_id', ...columns] : columns;
  const values = has_tenant ? [tenantId, ...columns.map(() => text)] : columns.map(() => text);
  return {
    text: `insert into ${name} (${names.join(', ')}) values (${names.map((_, at) => `$${at + 1}`).join(', ')})`,
    values,
  };
}

/** In a transaction that is rolled back, should one of them be taken after all. */
async function refusalOf(client: pg.Client, tenantId: string, { text, values }: Statement): Promise<string> {
  await client.query('begin');
  try {
    await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
    await client.query(text, [...(values ?? [])]);
    return 'taken';
  } catch (error) {
    return (error as { code?: string }).code ?? 'unknown';
  } finally {
    await client.query('rollback');
  }
}

/**
 * Has every insert into `table` fail with an error that quotes `text`, while `work` runs. The database itself holds
 * the text backwards.
 */
export async function whileInsertsFail<T>(
  ownerUrl: string,
  { table, text }: { readonly table: string; readonly text: string },
  work: () => Promise<T>,
): Promise<T> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const backwards = literal([...text].reverse().join(''));
  try {
    await owner.query(`create function provoked() returns trigger language plpgsql as $$ begin
      raise exception using errcode = '23514', message = 'failing row contains ' || reverse(${backwards}),
        detail = reverse(${backwards}), hint = reverse(${backwards}); end $$`);
    await owner.query(
      `create trigger provoked before insert on ${table} for each row execute function provoked()`,
    );
    return await work();
  } finally {
    await owner.query('drop function if exists provoked() cascade');
    await owner.end();
  }
}
