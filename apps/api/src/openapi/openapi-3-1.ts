type Schema = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

/**
 * Rewrites what only OpenAPI 3.0 knows into JSON Schema 2020-12, which OpenAPI 3.1 uses: `nullable` becomes the
 * type `null`, and `example` a list of `examples`. Everything else stays as it is.
 */
export function asOpenApi31(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asOpenApi31);
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, asOpenApi31(member)]);
  return isSchema(value) ? rewritten(Object.fromEntries(members) as Schema) : Object.fromEntries(members);
}

/** A schema that says something, and not a map of schemas whose members may have any name. */
const isSchema = (value: Schema): boolean =>
  typeof value.type === 'string' || Array.isArray(value.allOf) || Array.isArray(value.oneOf);

function rewritten({ nullable, example, ...schema }: Schema): Schema {
  const shown = flat(example === undefined ? schema : { ...schema, examples: [example] });
  return nullable === true ? orNull(shown) : shown;
}

/** In OpenAPI 3.0 a reference can have no siblings, so it is wrapped; in 3.1 it can. */
function flat({ allOf, type, ...schema }: Schema): Schema {
  const only = Array.isArray(allOf) && allOf.length === 1 ? (allOf[0] as Schema) : undefined;
  if (only?.$ref === undefined)
    return { ...schema, ...(allOf === undefined ? {} : { allOf }), ...(type === undefined ? {} : { type }) };
  return { ...schema, $ref: only.$ref };
}

function orNull({ type, $ref, ...schema }: Schema): Schema {
  if ($ref !== undefined) return { ...schema, anyOf: [{ $ref }, { type: 'null' }] };
  return { ...schema, type: [type, 'null'] };
}
