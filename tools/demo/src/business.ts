import { createPersonrClient, type PersonrClient } from '@personr/client';
import { type OnboardedTenant } from '@personr/ops';
import { DocumentDesk } from './documents.js';
import { identitiesOf, type Person, recordsOf } from '@personr/specimens';

/** A Business of the story: its credential, its client of the api, and the consumers it sends. */
export type Business = {
  readonly tenant: OnboardedTenant;
  readonly personr: PersonrClient;
  readonly desk: DocumentDesk;
  readonly consumers: readonly Consumer[];
};

/** A consumer as one Business knows it. */
export type Consumer = { readonly person: Person; readonly subjectId: string };

/** Takes every person in, with everything that a full check collects, one request each. */
export async function openBusiness(
  apiUrl: string,
  tenant: OnboardedTenant,
  people: readonly Person[],
): Promise<Business> {
  const { clientId, clientSecret } = tenant;
  const personr = createPersonrClient({ baseUrl: apiUrl, clientId, clientSecret });
  const consumers: Consumer[] = [];
  for (const person of people) {
    const { id } = await personr.admitSubject({
      externalId: person.externalId,
      identities: identitiesOf(person),
      residency: 'US-CA',
      records: recordsOf(person, { collectedAt: '2026-11-20T10:00:00Z' }),
    });
    consumers.push({ person, subjectId: id });
  }
  return { tenant, personr, desk: new DocumentDesk(apiUrl, tenant), consumers };
}

/** Everything held of a consumer, as the bytes the api sends: inventory, and every value, opened. */
export async function everythingOf({ personr }: Business, { subjectId }: Consumer): Promise<string> {
  const params = { path: { id: subjectId } };
  const inventory = await personr.http.GET('/v1/subjects/{id}', { params, parseAs: 'text' });
  const values = await personr.http.POST('/v1/subjects/{id}/records/read', {
    params,
    body: { purpose: 'IDENTITY_VERIFICATION' },
    parseAs: 'text',
  });
  return [inventory, values].map(textOf).join('\n');
}

function textOf({ data, response }: { data?: unknown; response: Response }): string {
  if (typeof data !== 'string') throw new Error(`A subject cannot be read: ${response.status}.`);
  return data;
}
