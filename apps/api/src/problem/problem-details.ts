import { STATUS_CODES } from 'node:http';
import { type ErrorCode } from '@personr/kernel';
import { PROBLEM_STATUS } from './problem-status.js';

/** What each code means, in a sentence: for the contract. What an answer says may be more exact. */
const DETAILS: Readonly<Partial<Record<ErrorCode, string>>> = {
  ID_MALFORMED: 'An id is a lower-case UUID of version 7.',
  BODY_MALFORMED: 'The body is not JSON in UTF-8.',
  BODY_TOO_LARGE: 'The body is larger than this route takes.',
  CONTENT_TYPE_UNSUPPORTED: 'This route does not take that content type.',
  VALIDATION_FAILED: 'The request is not as the contract says.',
  UNKNOWN_MEMBER: 'The request has a member that is not in the contract.',
  CURSOR_MALFORMED: 'The cursor is not one that a list gave.',
  JSON_NOT_CANONICAL: 'The value cannot be written as canonical JSON.',
  ROUTE_NOT_FOUND: 'There is no such route.',
  METHOD_NOT_ALLOWED: 'This path does not have that method. Allow says which it has.',
  CREDENTIAL_MISSING: 'This route needs a bearer token. POST /oauth/token gives one.',
  CREDENTIAL_INVALID: 'The bearer token is not one of ours.',
  TOKEN_EXPIRED: 'The token has expired. Ask for a new one.',
  SCOPE_MISSING: 'The token does not hold the scope that this route needs.',
  GRANT_UNSUPPORTED: 'grant_type must be client_credentials.',
  API_CLIENT_NOT_FOUND: 'There is no such API client.',
  IDEMPOTENCY_KEY_MALFORMED: 'An Idempotency-Key is 1 to 255 visible characters.',
  IDEMPOTENCY_CONFLICT: 'The key was used for another request.',
  IDEMPOTENCY_IN_PROGRESS: 'The first request of this key is still running. Ask again shortly.',
  ELEMENT_UNKNOWN: 'There is no data element of that name.',
  CATEGORY_NOT_IN_NOTICE: 'The notice does not list a category that the element belongs to.',
  PURPOSE_NOT_IN_NOTICE: 'The purpose is not one that the notice lists.',
  PURPOSE_NOT_PERMITTED: 'A service provider may not use values for that purpose.',
  SUBJECT_NOT_FOUND: 'There is no such subject.',
  SUBJECT_AMBIGUOUS: 'The identities lead to more than one subject.',
  SUBJECT_BEING_ERASED: 'The subject is being erased.',
  ALREADY_ERASED: 'The subject is erased already.',
  AGREEMENT_NOT_IN_FORCE: 'There is no agreement in force that covers this.',
  DOCUMENT_NOT_FOUND: 'There is no such document.',
  LINE_MALFORMED: 'The line is not as the contract says.',
  RATE_LIMITED:
    'More was asked for than the quota allows. Come again after the seconds that Retry-After says.',
  PRECONDITION_FAILED: 'It has changed since you read it. Read it again.',
  PRECONDITION_REQUIRED: 'Send If-Match with the ETag of what you are editing.',
  INSTRUCTION_NOT_FOUND: 'There is no such instruction.',
  INSTRUCTION_NOT_WRITTEN: 'An instruction must be in writing: as text, or as the hash of a signed document.',
  INSTRUCTOR_NOT_AUTHORISED: 'That instructor may not give this instruction.',
  TYPE_NOT_ENABLED: 'Instructions of this type are not enabled.',
  SCOPE_INVALID: 'The scope cannot be carried out as it stands.',
  RECEIPT_IN_FUTURE: 'The consumer’s request cannot have been received after now.',
  NOT_VERIFIED: 'The consumer’s identity was not verified.',
  VERIFICATION_LEVEL_TOO_LOW: 'The identity was verified to a lower degree than this needs.',
  DECLARATION_MISSING: 'This needs a declaration signed under penalty of perjury.',
  ILLEGAL_TRANSITION: 'The instruction cannot go there from where it stands.',
  NOT_FINISHED: 'It has not ended yet. Ask again after the seconds that Retry-After says.',
  KEY_SHREDDED: 'The key is destroyed. What was sealed under it cannot be read by anybody.',
  SEAL_BROKEN: 'A sealed value is not as it was written.',
  KEYRING_INCOMPLETE: 'The keyring is not whole. Nothing is sealed or opened until it is.',
  KEYRING_UNSAFE: 'The keyring can be read by others. Nothing is sealed or opened until it cannot.',
  KEY_STORE_STALE: 'The key store is older than the keyring. Nothing is sealed or opened.',
  ERASURE_INCOMPLETE: 'A store still holds something.',
  LEASE_LOST: 'Another process has taken this work over.',
  ENTRY_TOO_LARGE: 'What the log would have to hold is too large.',
  LOG_FORKED: 'The log does not fit what was signed before. Nothing is signed.',
  PROOF_INVALID: 'The proof does not hold.',
  NOTE_MALFORMED: 'The signed note cannot be read.',
  KEY_MALFORMED: 'A key cannot be read.',
  MIGRATION_EDITED: 'A migration was edited after it ran.',
  MIGRATION_FAILED: 'A migration failed.',
  CONFIG_INVALID: 'The configuration is not right.',
  SERVICE_UNAVAILABLE: 'Something this needs does not answer. Try again.',
  INTERNAL: 'Something went wrong on our side.',
};

/** The sentence of a code. */
export const detailOf = (code: ErrorCode): string =>
  DETAILS[code] ?? `${STATUS_CODES[PROBLEM_STATUS[code]] ?? 'Refused'}.`;

/** Codes without a sentence of their own. */
export const codesWithoutDetail = (): string[] =>
  Object.keys(PROBLEM_STATUS).filter((code) => !Object.hasOwn(DETAILS, code));
