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

/**
 * An array as PostgreSQL reads it, without the detours that a general driver must make; the rest is the driver's.
 * Bytes travel as they are (array_recv), everything else as text.
 */
const encode = (value: unknown): unknown => {
  if (!Array.isArray(value)) return value;
  if (value.find((item) => item !== null) instanceof Uint8Array)
    return bytesArray(value as (Uint8Array | null)[]);
  return textArray(value as Element[]);
};

/** What comes again and again, one after the other, is written once. */
function textArray(items: readonly Element[]): string {
  let last: Element | undefined;
  let written = '';
  const texts = items.map((item) => {
    if (!isSame(item, last)) [written, last] = [elementOf(item), item];
    return written;
  });
  return `{${texts.join(',')}}`;
}

const isSame = (item: Element, last: Element | undefined): boolean =>
  item === last || (item instanceof Date && last instanceof Date && item.getTime() === last.getTime());

// What needs no quotes inside an array: ids, codes, numbers, times.
const PLAIN = /^[\w.:+-]+$/;

type Element = string | number | bigint | boolean | Date | null;

function elementOf(element: Element): string {
  if (element === null) return 'NULL';
  if (element instanceof Date) return element.toISOString();
  const text = String(element);
  if (PLAIN.test(text) && !(text.length === 4 && text.toUpperCase() === 'NULL')) return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

const BYTEA = 17;
const HEADER_WORDS = 5;
const WORD = 4;

/** One dimension, perhaps nulls, bytea, so many, from 1 on; then each with its length, which is -1 for a null. */
function bytesArray(items: readonly (Uint8Array | null)[]): Buffer {
  const size = items.reduce((sum, item) => sum + WORD + (item?.length ?? 0), HEADER_WORDS * WORD);
  const array = Buffer.allocUnsafe(size);
  let at = 0;
  for (const word of [1, 1, BYTEA, items.length, 1]) at = array.writeInt32BE(word, at);
  for (const item of items) {
    at = array.writeInt32BE(item?.length ?? -1, at);
    if (item === null) continue;
    array.set(item, at);
    at += item.length;
  }
  return array;
}
