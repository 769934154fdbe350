import { type NewDocument, type TakenDocument } from './contract.js';
import { problemOf } from './personr-problem.js';
import { type Sending, sendSignedIn } from './signed-in-fetch.js';

/** The bytes of a document. A `Blob`, such as a `File` of a form, is read from where it is. */
export type DocumentBytes = Blob | Uint8Array<ArrayBuffer> | ArrayBuffer;

/** A document's bytes and their media type, which is kept as it is said. */
export type DocumentContent = { readonly bytes: DocumentBytes; readonly contentType: string };

type DocumentToAdd = DocumentContent & {
  readonly subjectId: string;
  readonly about: NewDocument;
  readonly idempotencyKey: string;
};

/**
 * Sends a document under its key and with its digest, so that it may be sent again. Its bytes are all in memory while
 * their digest is made, which WebCrypto does of whole buffers only, and not while they are sent from a `Blob`. Throws
 * `PersonrProblem` when it is refused.
 */
export async function addDocument(
  { baseUrl, ...sending }: Sending & { readonly baseUrl: string },
  { subjectId, about, bytes, contentType, idempotencyKey }: DocumentToAdd,
): Promise<TakenDocument> {
  const path = `${baseUrl}/v1/subjects/${encodeURIComponent(subjectId)}/documents`;
  const url = `${path}?${new URLSearchParams(about).toString()}`;
  const headers = {
    'Content-Type': contentType,
    'Content-Digest': await digestOf(bytes),
    'Idempotency-Key': idempotencyKey,
  };
  const response = await sendSignedIn(
    sending,
    () => new Request(url, { method: 'POST', headers, body: bytes }),
  );
  const said: unknown = await response.json().catch(() => undefined);
  if (!response.ok || said === undefined) throw problemOf(response, said);
  return said as TakenDocument;
}

/** A `Content-Digest` (RFC 9530). */
async function digestOf(bytes: DocumentBytes): Promise<string> {
  const whole = 'arrayBuffer' in bytes ? await bytes.arrayBuffer() : bytes;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
  return `sha-256=:${btoa(String.fromCharCode(...digest))}:`;
}
