import { DomainError, parseId } from '@personr/kernel';
import { isPurpose, parseElement } from '@personr/law';
import { type Addition, type DocumentBody, MOST_DOCUMENT_BYTES, type NewDocument } from '@personr/subjects';
import { type FastifyRequest } from 'fastify';
import { type ClientCaller } from '../auth/caller.js';
import { sentTypeOf } from '../http/any-bodies.js';
import { bodyStream } from '../http/body-stream.js';
import { identityOf } from '../http/idempotency.js';
import { digestIn } from '../http/content-digest.js';
import { type DocumentQuery } from './documents.dto.js';
import { mediaTypeOf } from './media-type.js';

/**
 * Reads a document on its way in, but for its bytes. Throws `ELEMENT_UNKNOWN`, `PURPOSE_NOT_IN_NOTICE`,
 * `VALIDATION_FAILED` for its headers, `BODY_TOO_LARGE`, `IDEMPOTENCY_KEY_MALFORMED`, and `DIGEST_REQUIRED` for a
 * key without a digest.
 */
export function toAddition(
  caller: ClientCaller,
  request: FastifyRequest,
  { id, query }: { id: string; query: DocumentQuery },
): Addition {
  const document = toNewDocument(id, query, mediaTypeOf(sentTypeOf(request)));
  const body = bodyOf(request);
  const digest = body.sha256 === null ? null : Buffer.from(body.sha256).toString('base64');
  // A large body is known by its digest: nobody reads it twice to compare.
  const asked = { id, ...query, mediaType: document.mediaType, digest };
  const identity = identityOf(caller, { act: 'addDocument', body: asked });
  if (identity !== null && digest === null) {
    throw new DomainError(
      'DIGEST_REQUIRED',
      'With an Idempotency-Key, send Content-Digest: sha-256=:<base64>: so that the same document can be known.',
    );
  }
  return { document, body, identity };
}

function toNewDocument(id: string, query: DocumentQuery, mediaType: string): NewDocument {
  const { element, source, purpose, collectedAt, consentId } = query;
  const subjectId = parseId<'subject'>(id);
  const code = parseElement(element);
  if (!isPurpose(purpose)) {
    throw new DomainError('PURPOSE_NOT_IN_NOTICE', 'The purpose is not one that the notice lists.');
  }
  const document = {
    subjectId,
    element: code,
    source,
    purpose,
    collectedAt: new Date(collectedAt),
    mediaType,
  };
  return consentId === undefined ? document : { ...document, consentId: parseId(consentId) };
}

function bodyOf({ raw, headers }: FastifyRequest): DocumentBody {
  const length = headers['content-length'];
  const sizeBytes = length === undefined ? null : Number(length);
  if (sizeBytes !== null && sizeBytes > MOST_DOCUMENT_BYTES) {
    throw new DomainError('BODY_TOO_LARGE', 'A document has at most 5 GiB.');
  }
  return {
    bytes: bodyStream(raw),
    sizeBytes,
    sha256: digestIn(headers),
  };
}
