import { type Contract, resolve, type Schema } from './document.js';

type Schemas = Contract['components']['schemas'];

const BY_FORMAT: Readonly<Record<string, unknown>> = {
  uuid: '01936d2b-8b1c-7abc-8def-0123456789ab',
  'date-time': '2026-11-24T18:00:00.000Z',
  date: '2026-11-24',
  uri: 'https://bank.example/',
  url: 'https://bank.example/',
  email: 'privacy@bank.example',
};

const BY_PATTERN: Readonly<Record<string, unknown>> = {
  '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*$':
    'eyJhbGciOiJFZERTQSJ9.eyJhdWQiOiJwZXJzb25yIn0.c2lnbmF0dXJl',
  '^[0-9a-f]{64}$': '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

const BY_TYPE: Readonly<Record<string, unknown>> = { boolean: false, integer: 1, number: 1, string: 'text' };

/** A value that a schema describes: its own example where it has one, else one made of its parts. */
export function exampleOf(found: Schema, schemas: Schemas): unknown {
  const schema = { ...resolve(found, schemas), ...found };
  return shownBy(schema) ?? fromChoice(schema, schemas) ?? fromType(schema, schemas);
}

const shownBy = ({ examples, enum: values, ...schema }: Schema): unknown =>
  examples?.[0] ?? schema.default ?? values?.[0];

function fromChoice({ allOf, oneOf, anyOf }: Schema, schemas: Schemas): unknown {
  if (allOf !== undefined) return Object.assign({}, ...allOf.map((part) => exampleOf(part, schemas)));
  const choice = (oneOf ?? anyOf ?? []).find(({ type }) => type !== 'null');
  return choice === undefined ? undefined : exampleOf(choice, schemas);
}

function fromType(schema: Schema, schemas: Schemas): unknown {
  const type = [schema.type].flat().find((name) => name !== 'null');
  if (type === 'array')
    return (schema.items === undefined || schema.maxItems === 0 ? [] : [schema.items]).map((item) =>
      exampleOf(item, schemas),
    );
  if (type === 'object') return objectOf(schema, schemas);
  return scalarOf(schema, type);
}

const scalarOf = ({ format = '', pattern = '', minimum }: Schema, type = ''): unknown =>
  BY_FORMAT[format] ?? BY_PATTERN[pattern] ?? minimum ?? BY_TYPE[type] ?? null;

function objectOf({ properties = {}, additionalProperties }: Schema, schemas: Schemas): object {
  const members = Object.entries(properties).map(([name, member]) => [name, exampleOf(member, schemas)]);
  if (typeof additionalProperties === 'object')
    members.push(['name', exampleOf(additionalProperties, schemas)]);
  return Object.fromEntries(members) as object;
}
