import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type House } from './house.js';
import { type SeenAnswer } from './watch-answers.js';

type Json = Readonly<Record<string, unknown>>;
type DeclaredAnswer = {
  readonly headers?: Readonly<Record<string, { readonly $ref?: string; readonly schema?: Json }>>;
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>;
};

/** An operation of the contract, as far as an answer is judged by it. */
export type DeclaredOperation = {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, DeclaredAnswer>>;
};

/** The contract, as far as answers are judged by it. */
export type DeclaredContract = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DeclaredOperation>>>>;
  readonly components: {
    readonly headers: Readonly<Record<string, { readonly schema: Json }>>;
    readonly schemas: Readonly<Record<string, Json>>;
  };
};

/** Headers that belong to HTTP, to this server or to its protection, and not to the contract. */
const OF_HTTP =
  /^(connection|content-length|content-type|date|keep-alive|transfer-encoding|vary|allow|cache-control|origin-agent-cluster|strict-transport-security|referrer-policy|x-(?!request-id)[a-z-]+|cross-origin-[a-z-]+|content-security-policy)$/;

/** A path that cannot be read leads to no operation, whatever it begins with. */
function isReadable(path: string): boolean {
  try {
    return path.split('/').every((part) => decodeURIComponent(part).length <= LONGEST_PART);
  } catch {
    return false;
  }
}

const LONGEST_PART = 64;

/** Judges answers by the contract. */
export class Judge {
  private readonly ajv = addFormats.default(new Ajv2020.default({ strict: false, allErrors: true }));

  constructor(private readonly contract: DeclaredContract) {
    this.ajv.addSchema(openWhereNarrowed(closed(contract) as DeclaredContract), 'contract');
  }

  /** The operation that answers there; undefined for a path or a method that the contract does not have. */
  operationOf({ method, path }: Pick<SeenAnswer, 'method' | 'path'>): DeclaredOperation | undefined {
    if (!isReadable(path)) return undefined;
    const exact = this.contract.paths[path]?.[method];
    if (exact !== undefined) return exact;
    const found = Object.entries(this.contract.paths).find(([template]) => matches(template, path));
    return found?.[1][method];
  }

  /** What the contract does not say of this answer; nothing when it says all of it. */
  faultsOf(answer: SeenAnswer): string[] {
    const operation = this.operationOf(answer);
    if (operation === undefined) return [];
    const where = `${operation.operationId} ${answer.status}`;
    const declared = operation.responses[String(answer.status)] ?? operation.responses.default;
    if (declared === undefined) return [`${where} is not declared: ${answer.text.slice(0, 300)}`];
    return [...this.bodyFaults(answer, declared), ...this.headerFaults(answer, declared)].map(
      (fault) => `${where}: ${fault}`,
    );
  }

  private bodyFaults({ headers, text }: SeenAnswer, { content }: DeclaredAnswer): string[] {
    if (text === '') return [];
    const sent = headers['content-type'];
    const type = typeof sent === 'string' ? (sent.split(';')[0] ?? '') : '';
    const media = content?.[type];
    if (media === undefined) return [`the content type ${type} is not declared`];
    if (type === 'application/x-ndjson') {
      const line = media.schema.contentSchema as Json;
      return text
        .trimEnd()
        .split('\n')
        .flatMap((each) => this.check(line, JSON.parse(each)));
    }
    return this.check(media.schema, type.endsWith('json') ? JSON.parse(text) : text);
  }

  private headerFaults(answer: SeenAnswer, { headers = {} }: DeclaredAnswer): string[] {
    const declared = new Map(Object.entries(headers).map(([name, header]) => [name.toLowerCase(), header]));
    return Object.entries(answer.headers).flatMap(([name, value]) => {
      if (OF_HTTP.test(name)) return [];
      const header = declared.get(name);
      if (header === undefined) return [`the header ${name} is not declared`];
      const named = this.contract.components.headers[header.$ref?.split('/').at(-1) ?? ''];
      const { schema = {} } = named ?? header;
      return this.check(schema, schema.type === 'integer' ? Number(value) : value);
    });
  }

  private check(schema: Json, value: unknown): string[] {
    const validate = this.ajv.compile(inContract(closed(schema)) as object);
    validate(value);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
    );
  }
}

function matches(template: string, path: string): boolean {
  const [wanted, sent] = [template.split('/'), path.split('/')];
  return (
    wanted.length === sent.length && wanted.every((part, at) => part.startsWith('{') || part === sent[at])
  );
}

/** The same schemas, but an object has no members beside those that it, or what it narrows (`allOf`), names. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const members: Record<string, unknown> = Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, name === 'allOf' ? member : closed(member)]),
  );
  if (Array.isArray(members.allOf)) return { unevaluatedProperties: false, ...members };
  const isObject = typeof members.properties === 'object' && members.type === 'object';
  return isObject ? { additionalProperties: false, ...members } : members;
}

/** What is narrowed elsewhere is closed there. */
function openWhereNarrowed(contract: DeclaredContract): DeclaredContract {
  const narrowed = JSON.stringify(contract.paths).matchAll(
    /"allOf":\[\{"\$ref":"#\/components\/schemas\/(\w+)"/g,
  );
  const { schemas } = contract.components;
  const open = [...narrowed].map(([, name = '']) => [name, { ...schemas[name], additionalProperties: true }]);
  const opened = { ...schemas, ...(Object.fromEntries(open) as typeof schemas) };
  return { ...contract, components: { ...contract.components, schemas: opened } };
}

/** The same schema with references into the contract. */
function inContract(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inContract);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === '$ref' ? `contract${String(member)}` : inContract(member),
    ]),
  );
}

/** What these answers hold that the contract this api serves does not declare. */
export async function undeclaredIn({ http }: House, seen: readonly SeenAnswer[]): Promise<string[]> {
  const contract = await http.get('/openapi.json').expect(200);
  const judge = new Judge(contract.body as DeclaredContract);
  return seen.flatMap((answer) => judge.faultsOf(answer));
}
