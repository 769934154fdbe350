import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DomainError, parseId } from '@personr/kernel';
import { parseElement } from '@personr/law';
import { AddRecords, AdmitSubject, FindSubject, ReadInventory, ReadRecords } from '@personr/subjects';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { ApiIdempotent, REPLAYED } from '../http/idempotency.dto.js';
import { identityOf, markReplayed } from '../http/idempotency.js';
import { afterOf, pageOf, PageQuery } from '../http/paging.js';
import {
  ApiProblems,
  BODY_PROBLEMS,
  INTAKE_PROBLEMS,
  LIST_PROBLEMS,
  TOKEN_PROBLEMS,
  VAULT_PROBLEMS,
} from '../problem/problem.dto.js';
import { AddRecordsBody, AdmitBody, LookupBody, ReadBody } from './subjects.dto.js';
import {
  AddedRecordsView,
  AdmittedView,
  FoundView,
  InventoryView,
  OpenedRecordsView,
  SubjectPageView,
  toAdmittedView,
  toElementView,
  toOpenedView,
  toSubjectView,
  toTakenView,
} from './subjects.view.js';
import { toNewRecord } from './to-new-record.js';
import { toNewSubject } from './to-new-subject.js';

const WRITE_PROBLEMS = [...TOKEN_PROBLEMS, ...BODY_PROBLEMS, ...INTAKE_PROBLEMS] as const;

const SUBJECT_ID = {
  name: 'id',
  description: 'Our id of the subject.',
  schema: { type: 'string' as const, format: 'uuid' },
};

/** Whom a tenant holds data about. */
@ApiTags('subjects')
@ApiBearerAuth('token')
@Controller('v1/subjects')
export class SubjectsController {
  constructor(
    private readonly admitSubject: AdmitSubject,
    private readonly addRecords: AddRecords,
    private readonly findSubject: FindSubject,
    private readonly readInventory: ReadInventory,
    private readonly readRecords: ReadRecords,
  ) {}

  @Post()
  @Needs('subjects:write')
  @ApiOperation({ operationId: 'admitSubject', summary: 'Take a person in, or add to one' })
  @ApiIdempotent()
  @ApiResponse({ status: 201, description: 'Taken in.', type: AdmittedView, headers: REPLAYED })
  @ApiResponse({
    status: 200,
    description: 'Known already; what was sent is added.',
    type: AdmittedView,
    headers: REPLAYED,
  })
  @ApiProblems(...WRITE_PROBLEMS)
  async admit(
    @CurrentCaller() caller: ClientCaller,
    @Body() body: AdmitBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdmittedView> {
    const request = identityOf(caller, { act: 'admitSubject', body });
    const admitted = await this.admitSubject.run(caller, toNewSubject(body), request);
    void reply.status(admitted.created ? 201 : 200);
    markReplayed(reply, admitted.replayed);
    return toAdmittedView(admitted, body);
  }

  @Get()
  @Needs('subjects:read')
  @ApiOperation({ operationId: 'listSubjects', summary: 'List subjects, newest first' })
  @ApiResponse({ status: 200, description: 'A page.', type: SubjectPageView })
  @ApiProblems(...TOKEN_PROBLEMS, ...LIST_PROBLEMS)
  async list(@CurrentCaller() { tenantId }: ClientCaller, @Query() query: PageQuery) {
    const page = { limit: query.limit + 1, after: afterOf<'subject'>(query) };
    return pageOf(await this.findSubject.page(tenantId, page), query, toSubjectView);
  }

  @Get(':id')
  @Needs('subjects:read')
  @ApiOperation({ operationId: 'readInventory', summary: 'See what is held about a person, without values' })
  @ApiParam(SUBJECT_ID)
  @ApiResponse({ status: 200, description: 'What is held.', type: InventoryView })
  @ApiProblems(...TOKEN_PROBLEMS, 'ID_MALFORMED', 'SUBJECT_NOT_FOUND')
  async inventory(@CurrentCaller() caller: ClientCaller, @Param('id') id: string): Promise<InventoryView> {
    const { subject, elements } = await this.readInventory.run(caller.tenantId, parseId(id));
    return { ...toSubjectView(subject), elements: elements.map(toElementView) };
  }

  @Post('lookup')
  @HttpCode(200)
  @Needs('subjects:read')
  @ApiOperation({ operationId: 'lookupSubject', summary: 'Find a person by who it is' })
  @ApiResponse({ status: 200, description: 'Whom it leads to.', type: FoundView })
  @ApiProblems(
    ...TOKEN_PROBLEMS,
    ...BODY_PROBLEMS,
    ...VAULT_PROBLEMS,
    'SUBJECT_NOT_FOUND',
    'SUBJECT_AMBIGUOUS',
  )
  async lookup(@CurrentCaller() { tenantId }: ClientCaller, @Body() body: LookupBody): Promise<FoundView> {
    const identity =
      body.externalId === undefined
        ? body.identity
        : { type: 'EXTERNAL_ID' as const, value: body.externalId };
    if (identity === undefined || (body.externalId !== undefined && body.identity !== undefined)) {
      throw new DomainError('VALIDATION_FAILED', 'Send exactly one of externalId and identity.');
    }
    const found = await this.findSubject.byIdentities(tenantId, [identity]);
    if (found === null) throw new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');
    return { id: found.id };
  }

  @Post(':id/records')
  @Needs('subjects:write')
  @ApiOperation({ operationId: 'addRecords', summary: 'Add values to a person' })
  @ApiIdempotent()
  @ApiParam(SUBJECT_ID)
  @ApiResponse({ status: 201, description: 'Added.', type: AddedRecordsView, headers: REPLAYED })
  @ApiProblems(...WRITE_PROBLEMS, 'ID_MALFORMED')
  async add(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Body() body: AddRecordsBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AddedRecordsView> {
    const addition = { subjectId: parseId<'subject'>(id), records: body.records.map(toNewRecord) };
    const request = identityOf(caller, { act: 'addRecords', body: { id, ...body } });
    const { records, replayed } = await this.addRecords.run(caller, addition, request);
    markReplayed(reply, replayed);
    return { records: records.map(toTakenView) };
  }

  @Post(':id/records/read')
  @HttpCode(200)
  @Needs('values:read')
  @ApiOperation({ operationId: 'readRecords', summary: 'Open values for a named purpose; the log says so' })
  @ApiParam(SUBJECT_ID)
  @ApiResponse({ status: 200, description: 'The values.', type: OpenedRecordsView })
  @ApiProblems(
    ...TOKEN_PROBLEMS,
    ...BODY_PROBLEMS,
    ...VAULT_PROBLEMS,
    'ID_MALFORMED',
    'ELEMENT_UNKNOWN',
    'PURPOSE_NOT_PERMITTED',
    'RESTRICTED_BY_HOLD',
    'AGREEMENT_NOT_IN_FORCE',
    'TENANT_LEAVING',
    'SUBJECT_NOT_FOUND',
    'SUBJECT_BEING_ERASED',
    'KEY_SHREDDED',
  )
  async read(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Body() { purpose, elements }: ReadBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OpenedRecordsView> {
    const wanted = { subjectId: parseId<'subject'>(id), purpose };
    const request = elements === undefined ? wanted : { ...wanted, elements: elements.map(parseElement) };
    const opened = await this.readRecords.run(caller, request);
    void reply.header('Cache-Control', 'no-store');
    return { records: opened.map(toOpenedView) };
  }
}
