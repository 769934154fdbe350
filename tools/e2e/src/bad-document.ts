import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** A JSON Schema of the contract. */
export type Schema = {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly additionalProperties?: boolean | Schema;
  readonly [keyword: string]: unknown;
};

/** A parameter of an operation. */
export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
  readonly example?: unknown;
};

/** One operation of the contract, as the matrix sees it. */
export type Operation = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  /** What its body is, or null when it takes none. */
  readonly body: {
    readonly type: string;
    readonly schema: Schema;
    readonly examples: readonly unknown[];
  } | null;
  readonly security: readonly string[];
  readonly responses: Readonly<Record<string, Response>>;
};

type Response = { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
type Media = {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value?: unknown }>>;
};
type Content = Readonly<Record<string, Media>>;
type Reference = { readonly $ref: string };
type RawOperation = {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: { readonly content: Content };
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly responses: Operation['responses'];
};

/** The document that the running api serves. */
export type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters?: Readonly<Record<string, Parameter>>;
  };
};

/** The contract as the matrix reads it: its operations, its schemas, and judges made from them. */
export class Contract {
  readonly operations: readonly Operation[];
  private readonly lenient = makeJudge();
  private readonly strict = makeJudge();
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: Document) {
    this.lenient.addSchema(document, 'contract');
    this.strict.addSchema(closed(document) as Document, 'contract');
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) =>
        operationOf(document, { path, method, raw: operation }),
      ),
    );
  }

  /** The schema without references and compositions at its top. */
  resolve(schema: Schema): Schema {
    const { $ref, allOf, anyOf, ...rest } = schema;
    if ($ref !== undefined) return { ...this.resolve(this.named($ref)), ...rest };
    if (allOf !== undefined) {
      return { ...allOf.map((part) => this.resolve(part)).reduce(merged, {}), ...rest };
    }
    const choice = anyOf?.find(({ type }) => type !== 'null');
    return choice === undefined ? schema : { ...this.resolve(choice), ...rest };
  }

  /** Whether the value is what the schema says, with no member beside those it names. */
  isValid(schema: Schema, value: unknown): boolean {
    return this.compile(this.strict, closed(schema) as Schema)(value);
  }

  /** Why this is no answer the operation may give with that status; null when it is one. */
  wrongWith(operation: Operation, status: number, problem: unknown): string | null {
    const schema = operation.responses[status]?.content?.['application/problem+json']?.schema;
    if (schema === undefined) return `status ${status} is not declared`;
    const validate = this.compile(this.lenient, schema);
    return validate(problem) ? null : this.lenient.errorsText(validate.errors);
  }

  /** Whether it is a problem document of any code at all. */
  isProblem(value: unknown): boolean {
    return this.compile(this.lenient, { $ref: '#/components/schemas/ProblemView' })(value);
  }

  private named(reference: string): Schema {
    return this.document.components.schemas[reference.split('/').at(-1) ?? ''] ?? {};
  }

  private compile(judge: Ajv2020, schema: Schema): ValidateFunction {
    const key = `${judge === this.strict ? 'strict' : 'lenient'} ${JSON.stringify(schema)}`;
    const known = this.compiled.get(key) ?? judge.compile(absolute(schema) as Schema);
    this.compiled.set(key, known);
    return known;
  }
}

function makeJudge(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
  (addFormats as unknown as (judge: Ajv2020) => void)(ajv);
  return ajv;
}

const merged = (one: Schema, other: Schema): Schema => ({
  ...one,
  ...other,
  ...((one.properties ?? other.properties) ? { properties: { ...one.properties, ...other.properties } } : {}),
  ...((one.required ?? other.required)
    ? { required: [...(one.required ?? []), ...(other.required ?? [])] }
    : {}),
});

/** References that lead into the contract from anywhere. */
const absolute = (value: unknown): unknown =>
  mapped(value, (schema) =>
    typeof schema.$ref === 'string' ? { ...schema, $ref: `contract${schema.$ref}` } : schema,
  );

/** The same, but objects have no other members than those named: what the api calls UNKNOWN_MEMBER. */
const closed = (value: unknown): unknown =>
  mapped(value, (schema) =>
    schema.type === 'object' && schema.properties !== undefined && schema.additionalProperties === undefined
      ? { ...schema, additionalProperties: false }
      : schema,
  );

function mapped(value: unknown, change: (schema: Schema) => Schema): unknown {
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, mapped(member, change)]);
  return change(Object.fromEntries(members) as Schema);
}

type Place = { readonly path: string; readonly method: string; readonly raw: RawOperation };

function operationOf({ components }: Document, { path, method, raw }: Place): Operation {
  const parameters = (raw.parameters ?? []).map((one) =>
    '$ref' in one ? components.parameters?.[one.$ref.split('/').at(-1) ?? ''] : one,
  );
  return {
    id: raw.operationId,
    method: method.toUpperCase(),
    path,
    tags: raw.tags ?? [],
    parameters: parameters.filter((one) => one !== undefined),
    body: bodyOf(raw),
    security: (raw.security ?? []).flatMap((scheme) => Object.keys(scheme)),
    responses: raw.responses,
  };
}

function bodyOf({ requestBody }: RawOperation): Operation['body'] {
  const [first] = Object.entries(requestBody?.content ?? {});
  if (first === undefined) return null;
  const [type, { schema = {}, example, examples = {} }] = first;
  const shown = Object.values(examples).map(({ value }) => value);
  return { type, schema, examples: [...(example === undefined ? [] : [example]), ...shown] };
}
