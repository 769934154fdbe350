import { DomainError } from '@personr/kernel';
import { type OpenedDocument } from '@personr/subjects';
import { type FastifyReply } from 'fastify';
import { type Part, partOf } from './byte-range.js';
import { digestHeader } from '../http/content-digest.js';

/** The entity tag of a document. It never changes, so its id is enough. */
const tagOf = (documentId: string): string => `"${documentId}"`;

/**
 * Which part a request wants once the size is known: what `Range` says, unless `If-Range` names another edition.
 * Throws `RANGE_NOT_SATISFIABLE`, and says then in the answer how long the document is.
 */
export const wantedPart =
  (reply: FastifyReply, documentId: string) =>
  (sizeBytes: number): Part | null => {
    const { headers } = reply.request;
    const condition = headers['if-range'];
    const isWanted = condition === undefined || condition === tagOf(documentId);
    const part = partOf(isWanted ? headers.range : undefined, sizeBytes);
    if (part === 'UNSATISFIABLE') {
      void reply.header('Content-Range', `bytes */${sizeBytes}`);
      throw new DomainError('RANGE_NOT_SATISFIABLE', 'The document ends before that range begins.');
    }
    return part;
  };

/** Writes the head of the answer that brings a document: never to be kept by a cache or shown by a browser. */
export function writeHead(
  reply: FastifyReply,
  { id, mediaType, sizeBytes, sha256, range }: OpenedDocument,
): void {
  const { start, end } = range;
  const isWhole = start === 0 && end === sizeBytes - 1;
  void reply.status(isWhole ? 200 : 206).headers({
    'Content-Type': mediaType,
    'Content-Length': end - start + 1,
    'Content-Disposition': 'attachment',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    'Accept-Ranges': 'bytes',
    ETag: tagOf(id),
    'Repr-Digest': digestHeader(sha256),
    ...(isWhole ? {} : { 'Content-Range': `bytes ${start}-${end}/${sizeBytes}` }),
  });
}
