import {
  bodiesOf,
  type Body,
  type Contract,
  type Header,
  type Media,
  operationsOf,
  type Parameter,
  partsOf,
  resolve,
  type Schema,
} from './document.js';
import { exampleOf } from './example-of.js';
import { EXAMPLES } from './told-examples.js';

type Schemas = Contract['components']['schemas'];

const SCALARS = ['string', 'integer', 'number', 'boolean'];

/** Shows an example of every member, parameter and body that does not show one itself. */
export function showExamples(contract: Contract): void {
  const { schemas, parameters = {} } = contract.components;
  for (const schema of Object.values(schemas)) showMembers(schema, schemas);
  for (const parameter of Object.values(parameters)) showParameter(parameter, schemas);
  for (const { operation } of operationsOf(contract)) {
    const headers = Object.values(operation.responses).flatMap((answer) =>
      Object.values(answer.headers ?? {}),
    );
    for (const shown of [...(operation.parameters ?? []), ...headers]) showParameter(shown, schemas);
    for (const body of bodiesOf(operation)) showBody(body, schemas);
  }
}

function showBody(body: Body, schemas: Schemas): void {
  const { media } = body;
  const isShown = media.example !== undefined || media.examples !== undefined;
  if (!isShown) Object.assign(media, toldOf(body) ?? { example: exampleOf(media.schema ?? {}, schemas) });
  showMembers(media.schema ?? {}, schemas);
}

function toldOf({ operation: { operationId }, status, type }: Body): Media | undefined {
  const told = EXAMPLES[operationId];
  return status === null ? told?.request?.[type] : told?.answers?.[status]?.[type];
}

function showParameter(parameter: Parameter | Header, schemas: Schemas): void {
  if (parameter.$ref === undefined) parameter.example ??= exampleOf(parameter.schema ?? {}, schemas);
}

function showMembers(schema: Schema, schemas: Schemas): void {
  if (schema.enum !== undefined) schema.examples ??= [schema.enum[0]];
  for (const member of Object.values(schema.properties ?? {})) {
    if (isScalar(resolve(member, schemas))) member.examples ??= [exampleOf(member, schemas)];
  }
  for (const part of partsOf(schema)) showMembers(part, schemas);
}

const isScalar = ({ type }: Schema): boolean =>
  [type].flat().some((name) => name !== undefined && SCALARS.includes(name));
