import { arrayOf } from '@personr/tenancy';

/** A statement as `pg` takes it. One with a name is prepared once by each connection. */
export type Statement = { readonly text: string; readonly name?: string; readonly values?: unknown[] };

type Known = { readonly name: string; readonly types: readonly (string | undefined)[] };

/** Statements are written in this room's sources, so they are few. */
const known = new Map<string, Known>();

/** A statement that a connection prepares once, with its arrays as the server reads them. */
export function statementOf(text: string, values: readonly unknown[]): Statement {
  const { name, types } = known.get(text) ?? learn(text);
  return {
    text,
    name,
    values: values.map((value, at) => (Array.isArray(value) ? arrayOf(value, types[at]) : value)),
  };
}

function learn(text: string): Known {
  const types: string[] = [];
  for (const [, place, type = ''] of text.matchAll(/\$(\d+)::(\w+)\[\]/g)) types[Number(place) - 1] = type;
  const statement = { name: `personr_vault_${String(known.size + 1)}`, types };
  known.set(text, statement);
  return statement;
}
