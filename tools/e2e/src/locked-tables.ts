import { waitFor } from '@personr/testkit';
import { type House } from './house.js';

/**
 * Does `work` while every table of the data database is locked, so that whatever asks for a row waits; says
 * through `isSomebodyWaiting` when somebody does.
 */
export async function whileTablesAreLocked<Result>(
  { owner }: House,
  work: (isSomebodyWaiting: () => Promise<true>) => Promise<Result>,
): Promise<Result> {
  const client = await owner.connect();
  const look = async (): Promise<true | undefined> => {
    const { rowCount } = await owner.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return (rowCount ?? 0) > 0 ? true : undefined;
  };
  try {
    await client.query('begin');
    await client.query(`do $$ declare name text; begin
      for name in select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'public' loop
        execute 'lock table ' || name || ' in access exclusive mode';
      end loop; end $$`);
    return await work(() => waitFor(look, { what: 'somebody to wait for a row' }));
  } finally {
    await client.query('rollback');
    client.release();
  }
}
