import { REPLAYED } from '../http/idempotency.dto.js';
import { INTAKE_PROBLEMS, TOKEN_PROBLEMS, VAULT_PROBLEMS } from '../problem/problem.dto.js';
import { TakenDocumentView } from './documents.view.js';

const text = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const, example },
});

const id = (name: string, description: string) => ({
  name,
  description,
  schema: { type: 'string' as const, format: 'uuid' },
});

export const SUBJECT_ID = id('id', 'Our id of the subject.');
export const DOCUMENT_ID = id('documentId', 'Our id of the document.');

/** Bytes, as a body. */
export const BINARY = { type: 'string' as const, format: 'binary' };

const DIGEST = 'sha-256=:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=:';

export const DIGEST_HEADER = {
  name: 'Content-Digest',
  required: false,
  description:
    'SHA-256 of the body (RFC 9530). A body that is another is refused. Required with an `Idempotency-Key`.',
  schema: { type: 'string' as const, example: DIGEST },
};
export const RANGE_HEADER = {
  name: 'Range',
  required: false,
  description: 'One range of bytes (RFC 9110, section 14). Several are answered by the whole.',
  schema: { type: 'string' as const, example: 'bytes=0-1023' },
};
export const IF_RANGE_HEADER = {
  name: 'If-Range',
  required: false,
  description: 'An `ETag`; `Range` counts only while it is that of the document.',
  schema: { type: 'string' as const },
};

/** What every route of documents can answer about where it leads. */
const PLACE_PROBLEMS = [
  'ID_MALFORMED',
  'VALIDATION_FAILED',
  'UNKNOWN_MEMBER',
  'SUBJECT_NOT_FOUND',
  'SUBJECT_BEING_ERASED',
  'KEY_SHREDDED',
] as const;

export const ADD_PROBLEMS = [
  ...TOKEN_PROBLEMS,
  ...PLACE_PROBLEMS,
  ...INTAKE_PROBLEMS,
  'BODY_TOO_LARGE',
  'BODY_INCOMPLETE',
  'BODY_STALLED',
  'CONTENT_TYPE_UNSUPPORTED',
  'DIGEST_REQUIRED',
  'DIGEST_MISMATCH',
  'DOCUMENT_EMPTY',
  'DOCUMENT_NOT_FOUND',
  'SUPPRESSED_REINGEST',
  'UPLOAD_INTERRUPTED',
  'UPLOADS_FULL',
] as const;

export const READ_PROBLEMS = [
  ...TOKEN_PROBLEMS,
  ...PLACE_PROBLEMS,
  ...VAULT_PROBLEMS,
  'PURPOSE_NOT_PERMITTED',
  'RESTRICTED_BY_HOLD',
  'AGREEMENT_NOT_IN_FORCE',
  'TENANT_LEAVING',
  'DOCUMENT_NOT_FOUND',
  'RANGE_NOT_SATISFIABLE',
  'SEAL_BROKEN',
  'OBJECT_MISSING',
] as const;

export const CREATED = {
  status: 201,
  description: 'Taken in, whole.',
  type: TakenDocumentView,
  headers: { ...REPLAYED, Location: text('Where it is read.', '/v1/subjects/{id}/documents/{documentId}') },
};

const CONTENT = { '*/*': { schema: BINARY } };
const HEAD = {
  ETag: text('Of the document, which never changes.', '"01934d2e-0000-7000-8000-000000000001"'),
  'Repr-Digest': text('SHA-256 of the whole document (RFC 9530).', DIGEST),
  'Accept-Ranges': text('Always `bytes`.', 'bytes'),
  'Content-Disposition': text('Always `attachment`.', 'attachment'),
};

export const WHOLE = { status: 200, description: 'The document.', content: CONTENT, headers: HEAD };
export const PART = {
  status: 206,
  description: 'The part that was asked for.',
  content: CONTENT,
  headers: { ...HEAD, 'Content-Range': text('Which part it is, of how much.', 'bytes 0-1023/204800') },
};
