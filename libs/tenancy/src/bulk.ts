import { type PoolClient } from 'pg';

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

type Statement = { readonly text: string; readonly name: string };

const statements = new WeakMap<TemplateStringsArray, Statement>();
let named = 0;

/** Runs the statement on this connection, which prepares it once. Throws `BulkError` for whatever the server refuses. */
export async function runBulk(
  client: Pick<PoolClient, 'query'>,
  template: TemplateStringsArray,
  values: readonly unknown[],
): Promise<BulkRow[]> {
  try {
    const { rows } = await client.query<BulkRow>({ ...statementOf(template), values: values.map(encode) });
    return rows;
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    throw new BulkError(code ?? 'no answer', constraint);
  }
}

function statementOf(template: TemplateStringsArray): Statement {
  const known = statements.get(template);
  if (known !== undefined) return known;
  const text = template.reduce((sql, part, position) => `${sql}$${String(position)}${part}`);
  named += 1;
  const statement = { text, name: `personr_bulk_${String(named)}` };
  statements.set(template, statement);
  return statement;
}

/** An array as PostgreSQL writes it, without the detours that a general driver must make; the rest is the driver's. */
const encode = (value: unknown): unknown =>
  Array.isArray(value) ? `{${(value as Element[]).map(elementOf).join(',')}}` : value;

// What needs no quotes inside an array: ids, codes, numbers, times.
const PLAIN = /^[\w.:+-]+$/;

type Element = string | number | bigint | boolean | Date | Uint8Array | null;

function elementOf(element: Element): string {
  if (element === null) return 'NULL';
  if (element instanceof Date) return element.toISOString();
  if (element instanceof Uint8Array) return `"\\\\x${hexOf(element)}"`;
  const text = String(element);
  if (PLAIN.test(text) && text.toUpperCase() !== 'NULL') return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

const hexOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('hex');
