import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { createInterface } from 'node:readline';
import { type Door, taken } from './door.js';
import { packageOf } from './packing.js';
import { admissionOf, COLLECTED, type Person, sha256 } from './person.js';

/** A person whom the product holds: by which ids. */
export type Held = {
  readonly person: Person;
  readonly subjectId: string;
  /** The ids of the documents, in the order in which they were sent. */
  readonly documentIds: readonly string[];
  /** Everything about the person in one file, as the Business was given it. */
  readonly package: Buffer;
};

/** Sends people by every way in: the first half one by one, the others as one import. Then files, and things that are refused. */
export async function takeIn(door: Door, people: readonly Person[]): Promise<Held[]> {
  const half = Math.ceil(people.length / 2);
  const ids: string[] = [];
  for (const person of people.slice(0, half)) ids.push(await admit(door, person));
  ids.push(...(await importAll(door, people.slice(half))));
  const held: Held[] = [];
  for (const [place, person] of people.entries()) {
    const subjectId = ids[place] ?? '';
    const documentIds = await handIn(door, subjectId, person);
    held.push({ person, subjectId, documentIds, package: await packageOf(door, subjectId) });
  }
  for (const { person } of held.slice(0, 3)) await beRefused(door, person);
  return held;
}

async function admit(door: Door, person: Person): Promise<string> {
  const headers = { 'idempotency-key': person.idempotencyKey };
  const { json } = await door.take('/v1/subjects', admissionOf(person), headers);
  return json.id as string;
}

async function importAll(door: Door, people: readonly Person[]): Promise<string[]> {
  const request = httpRequest(`${door.apiUrl}/v1/subjects/import`, {
    method: 'POST',
    agent: false,
    headers: { authorization: await door.authorization(), 'content-type': 'application/x-ndjson' },
  });
  for (const person of people) {
    request.write(`${JSON.stringify({ key: person.idempotencyKey, ...admissionOf(person) })}\n`);
  }
  request.end();
  const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream & { statusCode?: number }];
  const ids: string[] = [];
  for await (const line of createInterface({ input: response })) {
    const { id } = JSON.parse(line) as { id?: string };
    if (id !== undefined) ids.push(id);
  }
  if (ids.length !== people.length) {
    throw new Error(
      `an import of ${people.length} was answered ${String(response.statusCode)}, ${ids.length} taken`,
    );
  }
  return ids;
}

async function handIn(door: Door, subjectId: string, { documents }: Person): Promise<string[]> {
  const ids: string[] = [];
  for (const { element, fileName, bytes } of documents) {
    const query = new URLSearchParams({ element, ...COLLECTED }).toString();
    const answer = await door.ask(`/v1/subjects/${subjectId}/documents?${query}`, {
      method: 'POST',
      body: Uint8Array.from(bytes),
      headers: {
        'content-type': `text/plain; name="${fileName}"`,
        'content-disposition': `attachment; filename="${fileName}"`,
        'content-digest': `sha-256=:${sha256(bytes).toString('base64')}:`,
        'idempotency-key': fileName,
      },
    });
    ids.push(taken('a document', answer).json.id as string);
  }
  return ids;
}

/** Sends what will not be taken, so that whoever writes down what was refused has something to write. */
async function beRefused(door: Door, person: Person): Promise<void> {
  const { externalId, idempotencyKey } = person;
  await door.post('/v1/subjects', { ...admissionOf(person), [externalId]: externalId });
  await door.post('/v1/subjects', { ...admissionOf(person), residency: externalId });
  await door.post('/v1/subjects', { externalId }, { 'idempotency-key': idempotencyKey });
  await door.post('/v1/subjects/lookup', { externalId: `nobody-${externalId}` });
  await door.post('/v1/instructions', {
    type: 'DELETE',
    subject: { externalId },
    writing: { text: externalId },
  });
  await door.get(`/v1/subjects/${externalId}`);
}
