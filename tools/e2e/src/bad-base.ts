import { randomUUID } from 'node:crypto';
import { type Contract, type Operation, type Parameter, type Schema } from './bad-document.js';
import { isChoice, sampleOf } from './bad-sample.js';
import { type WireRequest } from './bad-wire.js';

/** What a good request needs of the world: credentials, and ids of things that are there. */
export type World = {
  readonly token: string;
  readonly basic: string;
  /** The id of something that is listed at this path; undefined when nothing is. */
  readonly idAt: (path: string) => string | undefined;
};

/** A good request of an operation, in its parts, so that one of them can be changed. */
export type Base = {
  readonly operation: Operation;
  readonly body: unknown;
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: readonly (readonly [name: string, value: string])[];
};

/** What is sent instead of a part. A header of null is left out. */
export type Changes = {
  readonly bytes?: Buffer | null;
  readonly path?: Readonly<Record<string, string>>;
  /** The whole query, as it stands behind the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly more?: readonly (readonly [name: string, value: string])[];
  readonly then?: WireRequest['then'];
};

/** What everybody calls JSON line by line. */
export const NDJSON = 'application/x-ndjson';
/** RFC 9110, section 13.1.1: whatever its edition is. */
const ANY_EDITION = '*';
const UNKNOWN = '019a0000-0000-7000-8000-000000000000';

/** Makes good requests of an operation: more than one where its body has members that exclude each other. */
export function basesOf(contract: Contract, operation: Operation, world: World): Base[] {
  const parameters = (place: Parameter['in']) =>
    operation.parameters.filter(({ in: where }) => where === place);
  const value = ({ name, example, schema: of }: Parameter): string =>
    /^if-match$/i.test(name) ? ANY_EDITION : textOf(example ?? sampleOf(contract, of));
  return bodiesOf(contract, operation).map((body) => ({
    operation,
    body,
    path: Object.fromEntries(parameters('path').map((one) => [one.name, idFor(operation, one, world)])),
    query: parameters('query')
      .filter(({ required }) => required === true)
      .map((one) => [one.name, value(one)]),
    headers: [
      ...credential(operation, world),
      ...parameters('header').map((one) => [one.name, value(one)] as const),
    ],
  }));
}

function credential({ security }: Operation, { token, basic }: World): [string, string][] {
  if (security.includes('token')) return [['Authorization', `Bearer ${token}`]];
  return security.includes('client') ? [['Authorization', basic]] : [];
}

/** An id in a path names what the path before it lists. */
function idFor({ path }: Operation, { name, schema, example }: Parameter, { idAt }: World): string {
  const before = path.slice(0, path.indexOf(`{${name}}`) - 1);
  return idAt(before) ?? (schema.format === 'uuid' ? UNKNOWN : textOf(example ?? 'x'));
}

/** What the contract shows, and what can be made of its schema, which has more members. */
function bodiesOf(contract: Contract, { body }: Operation): unknown[] {
  if (body === null) return [undefined];
  if (body.type === NDJSON) return [...body.examples];
  const made = Array.from({ length: variantsOf(contract, body.schema) }, (_, variant) =>
    sampleOf(contract, body.schema, variant),
  );
  return [...body.examples, ...made];
}

/** How often a sample must be made until each of what exclude each other has been in one. */
function variantsOf(contract: Contract, schema: Schema, seen = new Set<object>()): number {
  const { properties = {}, items, ...plain } = contract.resolve(schema);
  const below = [...Object.values(properties), ...(items === undefined ? [] : [items])];
  const fresh = below.filter((one) => !seen.has(one));
  for (const one of fresh) seen.add(one);
  const own = isChoice({ properties, ...plain }) ? Object.keys(properties).length : 1;
  return Math.max(own, ...fresh.map((one) => variantsOf(contract, one, seen)));
}

/**
 * The same with less in its body, for an operation whose members exclude each other without the contract saying so
 * in its schema: what it needs, and what it needs with one more.
 */
export function leanerThan(contract: Contract, base: Base): Base[] {
  const { required = [] } = contract.resolve(base.operation.body?.schema ?? {});
  if (typeof base.body !== 'object' || base.body === null) return [];
  const members = Object.entries(base.body);
  const needed = members.filter(([name]) => required.includes(name));
  const more = members.filter(([name]) => !required.includes(name));
  return [needed, ...more.map((one) => [...needed, one])].map((chosen) => ({
    ...base,
    body: Object.fromEntries(chosen),
  }));
}

/** The bytes of a body that is a value. */
export function bytesOf({ operation }: Base, body: unknown): Buffer | null {
  if (operation.body === null) return null;
  if (operation.body.type === 'application/x-www-form-urlencoded') return formOf(body);
  return Buffer.from(typeof body === 'string' && !isJson(operation) ? body : JSON.stringify(body));
}

const formOf = (body: unknown): Buffer =>
  Buffer.from(
    new URLSearchParams(
      Object.entries(body as object).map(([name, value]): [string, string] => [name, String(value)]),
    ).toString(),
  );

/** Whether its body is one value of JSON. */
export const isJson = ({ body }: Operation): boolean => body?.type === 'application/json';

/** A body of any type is sent as one of no type in particular. */
const typeOf = (type: string): string => (type.includes('*') ? 'application/octet-stream' : type);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Puts a request together, with some of it changed. */
export function requestOf(base: Base, changes: Changes = {}): WireRequest {
  const bytes = changes.bytes === undefined ? bytesOf(base, base.body) : changes.bytes;
  const headers = { ...headersOf(base, bytes), ...changes.headers };
  const named = Object.entries(headers).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  return {
    method: base.operation.method,
    target: targetOf(base, changes),
    headers: [...named, ...(changes.more ?? [])],
    body: bytes,
    ...(changes.then === undefined ? {} : { then: changes.then }),
  };
}

function targetOf({ operation, ...base }: Base, changes: Changes): string {
  const path = operation.path.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => changes.path?.[name] ?? base.path[name] ?? 'x',
  );
  const query = changes.query ?? queryOf(base.query);
  return query === '' ? path : `${path}?${query}`;
}

/** A query as it stands behind the question mark. */
export const queryOf = (query: Base['query']): string =>
  query.map((pair) => pair.map((part) => encodeURIComponent(part)).join('=')).join('&');

function headersOf({ operation, headers }: Base, bytes: Buffer | null): Record<string, string | null> {
  // A key is used once, or its request would be answered as the one before.
  const fresh = headers.map(([name, value]) =>
    /^idempotency-key$/i.test(name) ? [name, `matrix-${randomUUID()}`] : [name, value],
  );
  const ofBody = bytes === null ? {} : { 'Content-Length': String(bytes.length) };
  const type =
    bytes === null || operation.body === null ? {} : { 'Content-Type': typeOf(operation.body.type) };
  return { ...(Object.fromEntries(fresh) as Record<string, string>), ...type, ...ofBody };
}
