import { applyDecorators } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  type ApiResponseOptions,
} from '@nestjs/swagger';
import { ndjsonOf } from '../exchange/ndjson.contract.js';
import { ApiIdempotent, REPLAYED } from '../http/idempotency.dto.js';
import { ApiProblems, KEY_PROBLEMS, TOKEN_PROBLEMS, VAULT_PROBLEMS } from '../problem/problem.dto.js';
import { BatchLineBody } from './batch.dto.js';
import { BatchAcceptedView, BatchRefusedView, BatchSummaryLine } from './batch.view.js';

const HOW = `A line of NDJSON is a written order, as \`POST /v1/instructions\` takes it, and a \`key\`. A line ends with LF or CRLF
(the last may end with the body), is UTF-8 and at most 1 MiB; blank lines are counted and left out. A batch has at most
100,000 lines: the one after ends it with \`BATCH_TOO_LARGE\`, and those before have been taken.

Each line is answered by a line, in order, while the batch goes on: a \`BatchAcceptedView\`, or a \`BatchRefusedView\` for
a line that was refused, which spoils no other and leaves an entry in your log. The last line of the answer is a
\`BatchSummaryLine\`. Its \`complete\` is false when the batch was ended before all of it was read: \`TOKEN_EXPIRED\` (get
another token), \`STREAM_IDLE\` (nothing was sent for a minute), \`SERVICE_UNAVAILABLE\` (this server is going),
\`DIGEST_MISMATCH\` (what came is not what was announced), \`INTERNAL\`. What has no answer, and whatever was answered with
a status of 500 or more, may be sent again under the same keys, at once or after a break: what was accepted is answered
with the same instruction, and nothing is doubled.

Read while you send: when the answers are not taken, no more lines are read. Instructions of a batch are carried out
behind those that come one by one, and after those with \`urgent\`.

An \`Idempotency-Key\` names the batch as a whole, by the \`Content-Digest\` that it then needs: with another digest it is
refused as \`IDEMPOTENCY_CONFLICT\`. While it is being answered, the same one is refused as
\`IDEMPOTENCY_IN_PROGRESS\`: until it ends, the connection breaks, or, when the server was lost, for fifteen seconds. After that the
batch is answered again line by line, and goes on where it had broken off.`;

const LINES = [
  {
    key: 'order-1',
    type: 'DELETE',
    subject: { externalId: 'cust-4711' },
    basis: 'CONSUMER_REQUEST',
    writing: { text: 'Erase everything held about Ada Invented.' },
    consumerRequest: { receivedAt: '2026-11-23T18:04:00Z', manner: 'EMAIL', nature: 'DELETE' },
    verification: {
      level: 'REASONABLY_HIGH',
      method: 'ACCOUNT_REAUTH',
      points: ['EMAIL', 'DATE_OF_BIRTH', 'DOCUMENT_NUMBER'],
      declaration: true,
      verifiedAt: '2026-11-23T18:20:00Z',
    },
  },
  {
    key: 'order-2',
    type: 'DELETE',
    subject: { externalId: 'cust-4712' },
    basis: 'CONSUMER_REQUEST',
    writing: { text: 'Erase everything held about this customer.' },
  },
];

const ANSWERS = [
  {
    line: 1,
    status: 202,
    id: '01936d2b-9a10-7abc-8def-0123456789ab',
    state: 'APPROVED',
    replayed: false,
  },
  { line: 2, status: 409, code: 'NOT_VERIFIED', detail: 'The consumer’s identity was not verified.' },
  { summary: { complete: true, lines: 2, accepted: 1, alreadyErased: 0, replayed: 0, refused: 1 } },
];

const ANSWER: ApiResponseOptions = {
  status: 200,
  description: 'Begun. What came of each line, line by line, then of the whole.',
  headers: REPLAYED,
  content: ndjsonOf([BatchAcceptedView, BatchRefusedView, BatchSummaryLine], {
    summary: 'Two lines.',
    lines: ANSWERS,
  }),
};

/** Says in the contract what a batch takes and answers. */
export const ApiBatch = (): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(BatchLineBody, BatchAcceptedView, BatchRefusedView, BatchSummaryLine),
    ApiOperation({
      operationId: 'acceptInstructions',
      summary: 'Forward many written instructions, line by line',
      description: HOW,
      requestBody: {
        required: true,
        content: ndjsonOf([BatchLineBody], { summary: 'Two lines.', lines: LINES }),
      },
    }),
    ApiIdempotent(),
    ApiHeader({
      name: 'Content-Digest',
      required: false,
      description: 'SHA-256 of the whole (RFC 9530). Required with an `Idempotency-Key`.',
      schema: { type: 'string', example: 'sha-256=:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=:' },
    }),
    ApiResponse(ANSWER),
    ApiProblems(
      ...TOKEN_PROBLEMS,
      ...KEY_PROBLEMS,
      ...VAULT_PROBLEMS,
      'CONTENT_TYPE_UNSUPPORTED',
      'DIGEST_REQUIRED',
      'VALIDATION_FAILED',
    ),
  );
