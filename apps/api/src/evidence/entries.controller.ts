import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ReadEntries } from '@personr/audit';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { afterOf, cursorOf } from '../http/paging.js';
import { ApiProblems, LIST_PROBLEMS, TOKEN_PROBLEMS } from '../problem/problem.dto.js';
import { EntryQuery, toEntryFilter } from './entries.dto.js';
import { EntryPageView, toEntryView } from './entries.view.js';

/** The entries of a tenant's own log, for people who read them. */
@ApiTags('evidence')
@ApiBearerAuth('token')
@Controller('v1/evidence/entries')
export class EntriesController {
  constructor(private readonly readEntries: ReadEntries) {}

  @Get()
  @Needs('evidence:read')
  @ApiOperation({ operationId: 'listEntries', summary: 'Read the entries of your log, newest first' })
  @ApiResponse({ status: 200, description: 'A page.', type: EntryPageView })
  @ApiProblems(...TOKEN_PROBLEMS, ...LIST_PROBLEMS, 'ENTRIES_PRUNED')
  async list(@CurrentCaller() caller: ClientCaller, @Query() query: EntryQuery): Promise<EntryPageView> {
    const place = { after: afterOf<'entry'>(query), limit: query.limit };
    const { entries, next } = await this.readEntries.run(caller, toEntryFilter(query), place);
    return { items: entries.map(toEntryView), nextCursor: next === null ? null : cursorOf(next) };
  }
}
