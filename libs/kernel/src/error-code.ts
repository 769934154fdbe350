/**
 * Every refusal and foreseen failure, by its stable name. Clients switch on these, so a code is never renamed
 * and never reused. The HTTP status of each is one table in `apps/api`.
 */
export type ErrorCode =
  // shape of a request
  | 'ID_MALFORMED'
  | 'BODY_MALFORMED'
  | 'BODY_TOO_LARGE'
  | 'CONTENT_TYPE_UNSUPPORTED'
  | 'REQUEST_MALFORMED'
  | 'REQUEST_TIMED_OUT'
  | 'HEADERS_TOO_LARGE'
  | 'VALIDATION_FAILED'
  | 'UNKNOWN_MEMBER'
  | 'CURSOR_MALFORMED'
  | 'JSON_NOT_CANONICAL'
  | 'ROUTE_NOT_FOUND'
  // who asks
  | 'CREDENTIAL_MISSING'
  | 'CREDENTIAL_INVALID'
  | 'TOKEN_EXPIRED'
  | 'SCOPE_MISSING'
  | 'GRANT_UNSUPPORTED'
  // API clients and their keys
  | 'API_CLIENT_NOT_FOUND'
  // idempotency
  | 'IDEMPOTENCY_KEY_MALFORMED'
  | 'IDEMPOTENCY_CONFLICT'
  | 'IDEMPOTENCY_IN_PROGRESS'
  // classification and subjects
  | 'ELEMENT_UNKNOWN'
  | 'CATEGORY_NOT_IN_NOTICE'
  | 'PURPOSE_NOT_IN_NOTICE'
  | 'PURPOSE_NOT_PERMITTED'
  | 'SUBJECT_NOT_FOUND'
  | 'SUBJECT_AMBIGUOUS'
  | 'SUBJECT_BEING_ERASED'
  | 'ALREADY_ERASED'
  // terms and consents
  | 'AGREEMENT_NOT_IN_FORCE'
  // documents
  | 'DOCUMENT_NOT_FOUND'
  // import
  | 'LINE_MALFORMED'
  // contract: rates and editions
  | 'METHOD_NOT_ALLOWED'
  | 'RATE_LIMITED'
  | 'PRECONDITION_FAILED'
  | 'PRECONDITION_REQUIRED'
  // instructions
  | 'INSTRUCTION_NOT_FOUND'
  | 'INSTRUCTION_NOT_WRITTEN'
  | 'INSTRUCTOR_NOT_AUTHORISED'
  | 'TYPE_NOT_ENABLED'
  | 'SCOPE_INVALID'
  | 'RECEIPT_IN_FUTURE'
  | 'NOT_VERIFIED'
  | 'VERIFICATION_LEVEL_TOO_LOW'
  | 'DECLARATION_MISSING'
  | 'ILLEGAL_TRANSITION'
  | 'NOT_FINISHED'
  // keys and stores
  | 'KEY_SHREDDED'
  | 'SEAL_BROKEN'
  | 'KEYRING_INCOMPLETE'
  | 'KEYRING_UNSAFE'
  | 'KEY_STORE_STALE'
  | 'ERASURE_INCOMPLETE'
  // work
  | 'LEASE_LOST'
  // evidence
  | 'ENTRY_TOO_LARGE'
  | 'LOG_FORKED'
  | 'PROOF_INVALID'
  | 'NOTE_MALFORMED'
  | 'KEY_MALFORMED'
  // operations
  | 'MIGRATION_EDITED'
  | 'MIGRATION_FAILED'
  | 'CONFIG_INVALID'
  | 'SERVICE_UNAVAILABLE'
  | 'INTERNAL';
