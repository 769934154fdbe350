import { CATEGORIES, type Category, ELEMENTS } from '@personr/law';
import { stringify } from 'csv-stringify/sync';
import { type Values } from './package.js';

/** Where the values of a category stand in the package. */
export const csvPath = (category: Category): string =>
  `data/${category}-${CATEGORIES[category].title
    .toLowerCase()
    .replaceAll(/[^a-z]+/gu, '-')
    .replaceAll(/^-|-$/gu, '')}.csv`;

const HEAD = ['element', 'value', 'source', 'purpose', 'collectedAt'];

/** A row that no spreadsheet takes for a formula (OWASP, "CSV Injection"). RFC 4180, in UTF-8. */
const rowOf = (cells: readonly string[]): string =>
  stringify([[...cells]], { escape_formulas: true, record_delimiter: '\r\n' });

/** The values of a category as a table. */
export async function* dataCsv(category: Category, values: Values): AsyncIterable<string> {
  yield rowOf(HEAD);
  for await (const { element, value, source, purpose, collectedAt } of values()) {
    if (!ELEMENTS[element].categories.includes(category)) continue;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    yield rowOf([element, text, source, purpose, collectedAt]);
  }
}
