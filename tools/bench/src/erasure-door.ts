import { randomBytes } from 'node:crypto';
import { Door } from './door.js';
import { type ErasureBench } from './erasure.js';

const ABOUT = new URLSearchParams({
  element: 'VIDEO',
  source: 'CONSUMER_DIRECT',
  purpose: 'IDENTITY_VERIFICATION',
  collectedAt: '2026-11-23T18:00:00Z',
}).toString();

/** The members of an instruction's view that these figures are made of. */
export type View = {
  readonly id: string;
  readonly final: boolean;
  readonly acceptedAt: string;
  readonly finishedAt: string | null;
  readonly sealedAt: string | null;
  readonly unreadableAt: string | null;
};

/** A new token: one lives ten minutes. */
export const openDoor = ({ stack, tenant }: ErasureBench): Promise<Door> => Door.open(stack.apiUrl, tenant);

/** A DELETE of everything about one of these subjects. */
export const orderOf = (externalId: string) => ({
  type: 'DELETE',
  subject: { externalId },
  basis: 'END_OF_PURPOSE',
  writing: { text: 'Erase everything held about this customer.' },
});

/** Sends such an order by itself. */
export const accept = (door: Door, externalId: string): Promise<View> =>
  door.post<View>('/v1/instructions', orderOf(externalId), { 'idempotency-key': externalId });

/** Adds a document of so many random bytes. */
export async function upload({ apiUrl, token }: Door, subjectId: string, bytes: number): Promise<void> {
  const answer = await fetch(`${apiUrl}/v1/subjects/${subjectId}/documents?${ABOUT}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: randomBytes(bytes),
  });
  if (!answer.ok) throw new Error(`a document was answered ${String(answer.status)}`);
  await answer.body?.cancel();
}
