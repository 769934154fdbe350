import { type PoolClient } from 'pg';
import { arrayOf } from './bulk-array.js';

/** Rows of a bulk statement, as `pg` reads them: an id is text, bytes are a Buffer, a time is a Date. */
export type BulkRow = Readonly<Record<string, unknown>>;

/** Runs one statement with arrays for parameters: bulk`insert into t select * from unnest(${ids}::uuid[])`. */
export type Bulk = (text: TemplateStringsArray, ...values: readonly unknown[]) => Promise<BulkRow[]>;

/** A statement failed. Says the server's code and the constraint that refused; never a row, as the server does. */
export class BulkError extends Error {
  constructor(
    readonly code: string,
    constraint: string | undefined,
  ) {
    super(`A bulk statement failed (${constraint === undefined ? code : `${code}, ${constraint}`}).`);
    this.name = 'BulkError';
  }
}

/** A statement, and by the place of each value the type of whose arrays it says that it is. */
type Statement = {
  readonly text: string;
  readonly name: string;
  readonly types: readonly (string | undefined)[];
};

const statements = new WeakMap<TemplateStringsArray, Statement>();
let named = 0;

/** Runs the statement on this connection, which prepares it once. Throws `BulkError` for whatever the server refuses. */
export async function runBulk(
  client: Pick<PoolClient, 'query'>,
  template: TemplateStringsArray,
  values: readonly unknown[],
): Promise<BulkRow[]> {
  try {
    const { text, name, types } = statementOf(template);
    const encoded = values.map((value, at) => (Array.isArray(value) ? arrayOf(value, types[at]) : value));
    const { rows } = await client.query<BulkRow>({ text, name, values: encoded });
    return rows;
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    throw new BulkError(code ?? 'no answer', constraint);
  }
}

const ARRAY_TYPE = /^::(\w+)\[\]/;

function statementOf(template: TemplateStringsArray): Statement {
  const known = statements.get(template);
  if (known !== undefined) return known;
  const text = template.reduce((sql, part, position) => `${sql}$${String(position)}${part}`);
  named += 1;
  const types = template.slice(1).map((part) => ARRAY_TYPE.exec(part)?.[1]);
  const statement = { text, name: `personr_bulk_${String(named)}`, types };
  statements.set(template, statement);
  return statement;
}
