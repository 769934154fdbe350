import { DomainError } from '@personr/kernel';
import pg from 'pg';
import { SERVER_RULES, type ServerSettings } from './server-findings.js';

const CONNECT_MILLISECONDS = 30_000;

/** Asks a server what its settings are for the login of this URL. Throws `SERVICE_UNAVAILABLE` when it does not answer. */
export async function readServer(url: string): Promise<ServerSettings> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'personr-silence',
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
  });
  // A lost connection is reported by the statement that needed it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string; value: string | null }>(
      'select name, current_setting(name, true) as value from unnest($1::text[]) as name',
      [SERVER_RULES.map(({ name }) => name)],
    );
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  } catch (error) {
    throw new DomainError(
      'SERVICE_UNAVAILABLE',
      'A PostgreSQL server did not answer when it was asked what it logs. Start it, then start this again.',
      { cause: error },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}
