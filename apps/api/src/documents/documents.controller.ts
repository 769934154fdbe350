import { Readable } from 'node:stream';
import { Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { parseId } from '@personr/kernel';
import { AddDocument, ReadDocument } from '@personr/subjects';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiIdempotent } from '../http/idempotency.dto.js';
import { markReplayed } from '../http/idempotency.js';
import { afterOf, pageOf } from '../http/paging.js';
import { ANY_TYPE, TakesStream } from '../http/takes-stream.js';
import { ApiProblems, LIST_PROBLEMS, TOKEN_PROBLEMS } from '../problem/problem.dto.js';
import { wantedPart, writeHead } from './document-headers.js';
import {
  ADD_PROBLEMS,
  BINARY,
  CREATED,
  DIGEST_HEADER,
  DOCUMENT_ID,
  IF_RANGE_HEADER,
  PART,
  RANGE_HEADER,
  READ_PROBLEMS,
  SUBJECT_ID,
  WHOLE,
} from './documents.contract.js';
import { DocumentListQuery, DocumentQuery, ReadDocumentQuery } from './documents.dto.js';
import {
  DocumentPageView,
  type TakenDocumentView,
  toDocumentView,
  toTakenDocumentView,
} from './documents.view.js';
import { toAddition } from './to-addition.js';
import { UploadSlots } from './upload-slots.js';

/** Documents of a subject: pictures, recordings, certificates, files. */
@ApiTags('subjects')
@ApiBearerAuth('token')
@Controller('v1/subjects/:id/documents')
export class DocumentsController {
  constructor(
    private readonly addDocument: AddDocument,
    private readonly readDocument: ReadDocument,
    private readonly slots: UploadSlots,
  ) {}

  @Post()
  @TakesStream(ANY_TYPE)
  @Needs('subjects:write')
  @ApiOperation({
    operationId: 'addDocument',
    summary: 'Add a document to a person',
    description:
      'The body is the document, of any type and up to 5 GiB, sealed while it comes. All of it is kept, or nothing. ' +
      'What can be refused without the body is refused before it is read: send `Expect: 100-continue` to save sending it. ' +
      'Send it again when it broke off: with an `Idempotency-Key` and a `Content-Digest`, it is one document however often it is sent.',
  })
  @ApiIdempotent()
  @ApiHeader(DIGEST_HEADER)
  @ApiParam(SUBJECT_ID)
  @ApiConsumes('*/*')
  @ApiBody({ schema: BINARY })
  @ApiResponse(CREATED)
  @ApiProblems(...ADD_PROBLEMS)
  async add(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Query() query: DocumentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TakenDocumentView> {
    const addition = toAddition(caller, reply.request, { id, query });
    const { replayed, ...taken } = await this.slots.hold(caller, reply, () =>
      this.addDocument.run(caller, addition),
    );
    markReplayed(reply, replayed);
    void reply.header('Location', `/v1/subjects/${id}/documents/${taken.id}`);
    return toTakenDocumentView(taken);
  }

  @Get()
  @Needs('subjects:read')
  @ApiOperation({
    operationId: 'listDocuments',
    summary: "List a person's documents, newest first, without opening any",
  })
  @ApiParam(SUBJECT_ID)
  @ApiResponse({ status: 200, description: 'A page.', type: DocumentPageView })
  @ApiProblems(
    ...TOKEN_PROBLEMS,
    ...LIST_PROBLEMS,
    'ID_MALFORMED',
    'SUBJECT_NOT_FOUND',
    'PURPOSE_NOT_PERMITTED',
  )
  async list(
    @CurrentCaller() { tenantId }: ClientCaller,
    @Param('id') id: string,
    @Query() query: DocumentListQuery,
  ) {
    const { ground, limit } = query;
    const page = {
      subjectId: parseId<'subject'>(id),
      limit: limit + 1,
      after: afterOf<'document'>(query),
      ...(ground === undefined ? {} : { ground }),
    };
    return pageOf(await this.readDocument.page(tenantId, page), query, toDocumentView);
  }

  @Get(':documentId')
  @Needs('values:read')
  @ApiOperation({
    operationId: 'readDocument',
    summary: 'Open a document for a named purpose; the log says so',
    description: 'Streams it back, whole or the one part that `Range` asks for.',
  })
  @ApiHeader(RANGE_HEADER)
  @ApiHeader(IF_RANGE_HEADER)
  @ApiParam(SUBJECT_ID)
  @ApiParam(DOCUMENT_ID)
  @ApiResponse(WHOLE)
  @ApiResponse(PART)
  @ApiProblems(...READ_PROBLEMS)
  async read(
    @CurrentCaller() caller: ClientCaller,
    @Param() { id, documentId }: { id: string; documentId: string },
    @Query() { purpose }: ReadDocumentQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const opened = await this.readDocument.run(caller, {
      subjectId: parseId(id),
      documentId: parseId(documentId),
      purpose,
      part: wantedPart(reply, documentId),
    });
    writeHead(reply, opened);
    await reply.send(Readable.from(opened.bytes, { objectMode: false }));
  }
}
