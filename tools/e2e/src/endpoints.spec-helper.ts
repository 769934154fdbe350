import { type Inbox, waitFor } from '@personr/testkit';
import { idOf } from './bodies.js';
import { type TestTenant } from './house.js';

/** What a house is told to reach an inbox. */
export const REACH_INBOX = { networks: ['127.0.0.0/8'] };

/** The members of an endpoint's view that tests look at. */
export type EndpointAnswer = {
  readonly id: string;
  readonly state: string;
  readonly challenge: {
    readonly state: string;
    readonly file: string;
    readonly failure: string | null;
  } | null;
};

/** Registers an inbox as an endpoint of the tenant and has it challenged; returns what the tenant reads there. */
export async function challengedInbox(
  tenant: TestTenant,
  inbox: Inbox,
): Promise<{ readonly id: string; readonly code: string }> {
  const place = { https: { url: `${inbox.url}/in`, bearer: 'invented-bearer', ca: inbox.ca } };
  const id = idOf(await tenant.post('/v1/endpoints', { name: 'inbox', place }).expect(201));
  return { id, code: await challengeSent(tenant, id, (file) => inbox.items.get(`/in/${file}`)?.bytes) };
}

/** Has an endpoint challenged, and reads the code there once it was sent. */
export async function challengeSent(
  tenant: TestTenant,
  id: string,
  read: (file: string) => Buffer | undefined,
): Promise<string> {
  await tenant.post(`/v1/endpoints/${id}/challenge`, {}).expect(202);
  const { file } = await waitFor(
    async () => {
      const { challenge } = (await tenant.get(`/v1/endpoints/${id}`).expect(200)).body as EndpointAnswer;
      if (challenge?.state === 'FAILED') throw new Error(`the challenge failed: ${challenge.failure ?? ''}`);
      return challenge?.state === 'SENT' ? challenge : undefined;
    },
    { what: 'the challenge to be sent' },
  );
  return read(file)?.toString().trim() ?? '';
}

/** Registers an inbox as an endpoint of the tenant and proves it. Returns its id. */
export async function provedInbox(tenant: TestTenant, inbox: Inbox): Promise<string> {
  const { id, code } = await challengedInbox(tenant, inbox);
  await tenant.post(`/v1/endpoints/${id}/proof`, { code }).expect(200);
  return id;
}
