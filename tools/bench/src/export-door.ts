import { type IncomingMessage, request } from 'node:http';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type Door } from './door.js';

const LOOK_MILLISECONDS = 5;
const PATIENCE_MILLISECONDS = 30 * 60_000;

type View = {
  readonly id: string;
  readonly state: string;
  readonly final: boolean;
  readonly package: { readonly sizeBytes: number } | null;
};

/** An answer that the Business wants by itself, as often as it likes. */
const orderOf = (externalId: string, audience: string) => ({
  type: 'EXPORT',
  subject: { externalId },
  basis: 'END_OF_PURPOSE',
  writing: { text: 'Give what is held about this customer.' },
  export: { content: 'SPECIFIC_PIECES', audience, lookback: { all: true } },
});

/** Orders an answer and waits until its package may be taken. Throws unless it is. */
export async function exported(door: Door, externalId: string, audience: string): Promise<View> {
  const { id } = await door.post<View>('/v1/instructions', orderOf(externalId, audience));
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const view = await door.get<View>(`/v1/instructions/${id}`);
    if (view.state === 'COMPLETED') return view;
    if (view.final || performance.now() > deadline) throw new Error(`an export is ${view.state}`);
    await pause(LOOK_MILLISECONDS);
  }
}

/** A document as it is handed in. */
export type NewDocument = {
  readonly element: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly bytes: () => Iterable<Uint8Array>;
};

/** Hands a document in for a subject. Throws unless it was taken. */
export async function handIn(door: Door, subjectId: string, document: NewDocument): Promise<void> {
  const about = new URLSearchParams({
    element: document.element,
    source: 'CONSUMER_DIRECT',
    purpose: 'IDENTITY_VERIFICATION',
    collectedAt: '2026-11-23T18:00:00Z',
  });
  const sent = request(`${door.apiUrl}/v1/subjects/${subjectId}/documents?${about.toString()}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${door.token}`,
      'content-type': document.mediaType,
      'content-length': document.sizeBytes,
    },
  });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  await pipeline(Readable.from(document.bytes()), sent);
  const [response] = await answered;
  response.resume();
  if (response.statusCode !== 201)
    throw new Error(`a document was answered with ${response.statusCode ?? 0}`);
}
