import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse, type ApiResponseOptions } from '@nestjs/swagger';
import { ndjsonOf } from '../exchange/ndjson.contract.js';
import { ApiProblems, TOKEN_PROBLEMS } from '../problem/problem.dto.js';
import { ImportLineBody } from './import.dto.js';
import { ImportedView, ImportRefusedView, ImportSummaryLine } from './import.view.js';

const HOW = `A line of NDJSON is a person, as \`POST /v1/subjects\` takes it, and a \`key\`. A line ends with LF or CRLF
(the last may end with the body), is UTF-8 and at most 1 MiB; blank lines are counted and left out. The stream as a
whole has no limit: lines are taken in as they come, and at most 64 MiB of it are held at any time.

Each line is answered by a line, in order, while the stream goes on: an \`ImportedView\`, or an \`ImportRefusedView\` for
a line that was refused, which spoils no other. The last line of the answer is an \`ImportSummaryLine\`. Its \`complete\`
is false when the stream was ended before all of it was read: \`TOKEN_EXPIRED\` (get another token), \`STREAM_IDLE\`
(nothing was sent for a minute), \`SERVICE_UNAVAILABLE\` (this server is going), \`INTERNAL\`. What has no answer, and
whatever was answered with a status of 500 or more, may be sent again under the same keys: what was taken is answered
with \`replayed\`, and nothing is doubled.

Read while you send: when the answers are not taken, no more lines are read.`;

const LINES = [
  {
    key: 'row-1',
    externalId: 'cust-4711',
    identities: [{ type: 'EMAIL', value: 'ada@invented.example' }],
    records: [
      {
        element: 'FULL_NAME',
        value: 'Ada Invented',
        source: 'CLIENT_OR_AGENT',
        purpose: 'IDENTITY_VERIFICATION',
        collectedAt: '2026-11-23T18:00:00Z',
      },
    ],
  },
  { key: 'row-2', externalId: 'cust-4712', residency: 'US-CA' },
];

const ANSWERS = [
  {
    line: 1,
    status: 201,
    id: '019ab3c1-7a10-7c5e-9b1f-3f6f0c7d2a11',
    createdAt: '2026-11-23T18:00:01.000Z',
    records: [{ id: '019ab3c1-7a11-7b60-8a44-57b3a4c9e0d2', element: 'FULL_NAME', categories: ['A', 'B'] }],
    replayed: false,
  },
  {
    line: 2,
    status: 409,
    code: 'SUBJECT_BEING_ERASED',
    detail: 'This subject is being erased and takes nothing more in.',
  },
  { summary: { complete: true, lines: 2, created: 1, updated: 0, replayed: 0, refused: 1 } },
];

const ANSWER: ApiResponseOptions = {
  status: 200,
  description: 'Begun. What came of each line, line by line, then of the whole.',
  content: ndjsonOf([ImportedView, ImportRefusedView, ImportSummaryLine], {
    summary: 'Two lines.',
    lines: ANSWERS,
  }),
};

/** Says in the contract what an import takes and answers. */
export const ApiImport = (): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(ImportLineBody, ImportedView, ImportRefusedView, ImportSummaryLine),
    ApiOperation({
      operationId: 'importSubjects',
      summary: 'Take many people in, line by line',
      description: HOW,
      requestBody: {
        required: true,
        content: ndjsonOf([ImportLineBody], { summary: 'Two lines.', lines: LINES }),
      },
    }),
    ApiResponse(ANSWER),
    ApiProblems(...TOKEN_PROBLEMS, 'CONTENT_TYPE_UNSUPPORTED'),
  );
