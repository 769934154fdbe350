import { getSchemaPath } from '@nestjs/swagger';
import { NDJSON } from '../http/takes-stream.js';

/** For the contract: text of lines that are JSON of one of these schemas, with an example of some lines. */
export const ndjsonOf = (
  schemas: readonly (abstract new () => unknown)[],
  { summary, lines }: { readonly summary: string; readonly lines: readonly object[] },
) => ({
  [NDJSON]: {
    schema: {
      type: 'string' as const,
      description: 'Each line is JSON of the `contentSchema`.',
      contentMediaType: NDJSON,
      contentSchema: oneOf(schemas.map((schema) => ({ $ref: getSchemaPath(schema as never) }))),
    },
    examples: { lines: { summary, value: lines.map((line) => `${JSON.stringify(line)}\n`).join('') } },
  },
});

const oneOf = (schemas: readonly { readonly $ref: string }[]): object =>
  schemas.length === 1 ? { ...schemas[0] } : { oneOf: schemas };
