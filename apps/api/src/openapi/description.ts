/** What holds for every route, for whoever meets the contract for the first time. */
export const DESCRIPTION = `Personr holds what identity checks collect, for many Businesses, as their service provider under the CCPA. It acts
by written instruction alone, and proves what it erased: every instruction ends in a receipt that verifies offline.

## First steps

1. \`POST /oauth/token\` with your client id and secret gives a token of ten minutes.
2. \`POST /v1/subjects\` takes a person in.
3. \`POST /v1/instructions\` forwards a written instruction; \`GET /v1/instructions/{id}\` says how far it is.
4. \`GET /v1/instructions/{id}/receipt\` hands out the receipt; \`personr-verify\` verifies it.

## Requests

JSON in UTF-8, of 1 MiB at most. Times are RFC 3339 with an offset and are answered in UTC; ids of ours are UUIDv7.
A member that is not in the contract is refused (\`UNKNOWN_MEMBER\`). **No personal data in a URL**: persons are
addressed by our \`id\`, and looked up by a POST. The tenant comes from the token alone; what belongs to another tenant
is answered exactly as what does not exist: 404.

Every answer carries \`X-Request-Id\`: yours if you sent a lower-case UUID, else a new one. It is what to quote when
you ask us something. A method that a path does not have is 405 \`METHOD_NOT_ALLOWED\` with \`Allow\`; \`OPTIONS\` says
the same with 204. There is no CORS: this is for servers, not for pages of other origins. Answers under \`/v1\` are not to be
cached unless they say so.

## Errors

A failure is a problem document (RFC 9457, \`application/problem+json\`): switch on \`code\`, show \`detail\`, and quote
\`instance\`, the request id. The codes are closed and stable; each operation lists those it can answer, status by status.
Where members were refused, \`errors\` names each by JSON pointer (RFC 6901). A value that was sent is never repeated.

5xx and 429 are worth a retry, with the same \`Idempotency-Key\`; other 4xx are not, until something changes.

## Idempotency

Whatever creates something takes \`Idempotency-Key\`, 1 to 255 visible characters of your choice. The same key with the
same body has one effect, and the first answer comes again with \`Idempotency-Replayed: true\`. The same key with another
body is 409 \`IDEMPOTENCY_CONFLICT\`; one that is still running 409 \`IDEMPOTENCY_IN_PROGRESS\`. Keys are kept 24 hours at
least, per tenant, as keyed fingerprints. Send one with every POST and retry without fear.

## Lists

\`?limit=1..200&cursor=\`; the answer is \`{ "items": [...], "nextCursor": "..." }\`, newest first, \`nextCursor\` null on the
last page. Filters are named as the fields they filter by. A cursor is opaque and names a place, not a page number: what
is added meanwhile comes before it, and nothing is shown twice or left out. What was made in the same millisecond comes
in an order that has no meaning but never changes.

## Editing

What can be edited is answered with an \`ETag\`. An edit sends it back as \`If-Match\`: without it 428
\`PRECONDITION_REQUIRED\`, and 412 \`PRECONDITION_FAILED\` when somebody else was faster. Read it again, and decide again.

## Rates

Requests under \`/v1\` count against two quotas: one of the API client (\`credential\`), one of all clients of the tenant
(\`tenant\`). \`RateLimit-Policy\` says how large they are, \`RateLimit\` what is left
(draft-ietf-httpapi-ratelimit-headers). Beyond, the answer is 429 \`RATE_LIMITED\` with \`Retry-After\`, and nothing was
done. A request costs one unit, and one more for each 16 MiB of its body beyond the first 16 MiB; a body that does not
say its length costs 64. Tokens have quotas of their own, per client and per network address.

## Streams

Imports and documents are sent as streams, of any length up to what their route says, and are worked off while they
come: there is no need to hold one in memory. An import is NDJSON, one line a person, and so is its answer, line by line
while you send; a line that is refused does not spoil the others. A stream that breaks off can be sent again.
`;
