/** A schema of the contract: JSON Schema 2020-12, as far as the contract uses it. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  description?: string;
  enum?: unknown[];
  default?: unknown;
  examples?: unknown[];
  minimum?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
};

/** An example with a name. */
export type Example = { summary?: string; value?: unknown; $ref?: string };

/** One content type of a body. */
export type Media = { schema?: Schema; example?: unknown; examples?: Record<string, Example> };

/** A header of an answer. */
export type Header = { $ref?: string; description?: string; schema?: Schema; example?: unknown };

/** A parameter of a request. */
export type Parameter = {
  $ref?: string;
  name?: string;
  in?: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
};

/** An answer, by its status. */
export type Answer = {
  description: string;
  headers?: Record<string, Header>;
  content?: Record<string, Media>;
};

/** One operation. */
export type Operation = {
  operationId: string;
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Answer>;
  security?: Record<string, string[]>[];
  'x-scope'?: string;
};

/** The contract, as the passes over it see it. */
export type Contract = {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    headers?: Record<string, Header>;
    parameters?: Record<string, Parameter>;
    examples?: Record<string, Example>;
    securitySchemes?: Record<string, unknown>;
  };
};

/** Where an operation stands. */
export type Place = { readonly path: string; readonly method: string; readonly operation: Operation };

/** Every operation, in the order of the contract. */
export const operationsOf = ({ paths }: Contract): Place[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

/** A body of a request (`status` is null then) or of an answer, in one content type. */
export type Body = {
  readonly operation: Operation;
  readonly status: string | null;
  readonly type: string;
  readonly media: Media;
};

/** Every body of an operation. */
export function bodiesOf(operation: Operation): Body[] {
  const { requestBody, responses } = operation;
  const all = [
    { status: null, content: requestBody?.content },
    ...Object.entries(responses).map(([status, { content }]) => ({ status, content })),
  ];
  return all.flatMap(({ status, content }) =>
    Object.entries(content ?? {}).map(([type, media]) => ({ operation, status, type, media })),
  );
}

/** The schemas that a schema is made of. */
export const partsOf = ({ properties, items, allOf, anyOf, oneOf }: Schema): Schema[] =>
  [Object.values(properties ?? {}), items ?? [], allOf ?? [], anyOf ?? [], oneOf ?? []].flat();

/** The schema that a reference leads to, else the schema itself. */
export function resolve(schema: Schema, schemas: Contract['components']['schemas']): Schema {
  if (schema.$ref === undefined) return schema;
  return schemas[schema.$ref.replace('#/components/schemas/', '')] ?? {};
}

/** Whether a status says that all went well. */
export const isSuccess = (status: string): boolean => status.startsWith('2');
