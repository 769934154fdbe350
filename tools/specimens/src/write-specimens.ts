import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identitiesOf, inventPerson } from './people/invent-person.js';
import { type Person } from './people/person.js';
import { recordsOf } from './people/records-of.js';
import { specimensOf } from './specimens-of.js';

/** How many people, and of which seed. */
export type Crowd = { readonly people: number; readonly seed: string };

/** A file that was written, and what it is. */
export type Written = { readonly path: string; readonly what: string; readonly sizeBytes: number };

const COLLECTED_AT = '2026-11-20T10:00:00Z';

/**
 * Writes every specimen of the crowd's people: of one person into the directory itself, of several into one
 * directory each, named by external id. Beside them `subject.json`, the body of POST /v1/subjects that takes the
 * person in, and `facts.json`, what is to be found in each file. Files of the same names are overwritten.
 */
export async function* writeSpecimens(directory: string, { people, seed }: Crowd): AsyncGenerator<Written> {
  for (let n = 0; n < people; n += 1) {
    const person = inventPerson(seed, n);
    yield* writePerson(people === 1 ? directory : join(directory, person.externalId), person);
  }
}

async function* writePerson(directory: string, person: Person): AsyncGenerator<Written> {
  await mkdir(directory, { recursive: true });
  const write = async (name: string, what: string, bytes: Buffer): Promise<Written> => {
    const path = join(directory, name);
    await writeFile(path, bytes);
    return { path, what, sizeBytes: bytes.length };
  };
  const specimens = await specimensOf(person);
  for (const { name, element, contentType, bytes } of specimens) {
    yield await write(name, `${element} ${contentType}`, bytes);
  }
  yield await write('subject.json', `${person.fullName}, for POST /v1/subjects`, asJson(subjectOf(person)));
  const facts = specimens.map((specimen) => [specimen.name, specimen.facts] as const);
  yield await write('facts.json', 'what is to be found in them', asJson(Object.fromEntries(facts)));
}

const subjectOf = (person: Person): object => ({
  externalId: person.externalId,
  identities: identitiesOf(person),
  residency: 'US-CA',
  records: recordsOf(person, { collectedAt: COLLECTED_AT }),
});

const asJson = (value: object): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
