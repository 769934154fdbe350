import { createHash } from 'node:crypto';
import { Controller, Get, Header, Headers, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { CountReads, LogFiles, LogReader } from '@personr/audit';
import { DomainError } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { isNamedBy } from '../http/etag.js';
import { ApiProblems, TOKEN_PROBLEMS } from '../problem/problem.dto.js';
import { BUNDLE_PATH, LOG_FILES, TILE_PATH } from './log.contract.js';
import { LogKeysView, toLogKeysView } from './log.view.js';
import { PathBelow } from './path-below.js';

/** A full tile never changes; what is the tenant's alone may be kept by the tenant's own cache alone. */
const FOR_GOOD = 'private, max-age=31536000, immutable';

type Taken = { readonly path: string; readonly known: string | undefined; readonly reply: FastifyReply };

/** A tenant's own log, as any C2SP verifier reads it. */
@ApiTags('evidence')
@ApiBearerAuth('token')
@Controller('v1/evidence')
export class EvidenceController {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly log: LogReader,
    private readonly files: LogFiles,
    private readonly reads: CountReads,
  ) {}

  @Get('checkpoint')
  @Needs('evidence:read')
  @Header('Cache-Control', 'private')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ operationId: 'readCheckpoint', summary: 'Take the newest signed checkpoint of your log' })
  @ApiProduces('text/plain')
  @ApiResponse(LOG_FILES.checkpoint)
  @ApiProblems(...TOKEN_PROBLEMS, 'NOT_FINISHED')
  async checkpoint(@CurrentCaller() caller: ClientCaller): Promise<string> {
    await this.reads.run(caller, 'checkpoints');
    const checkpoint = await this.tenancy.forTenant(caller.tenantId, (tx) => this.log.checkpoint(tx));
    if (checkpoint === null) throw new DomainError('NOT_FINISHED', 'The log holds nothing yet.');
    return checkpoint;
  }

  @Get('keys')
  @Needs('evidence:read')
  @ApiOperation({ operationId: 'readLogKeys', summary: 'See which keys sign your log, and which did' })
  @ApiResponse({ status: 200, description: 'Its keys.', type: LogKeysView })
  @ApiProblems(...TOKEN_PROBLEMS)
  async keys(@CurrentCaller() { tenantId }: ClientCaller): Promise<LogKeysView> {
    return toLogKeysView(await this.tenancy.forTenant(tenantId, (tx) => this.log.vkeys(tx)));
  }

  @Get('tile/entries/*')
  @Needs('evidence:read')
  @ApiOperation({ operationId: 'readEntryBundle', summary: 'Take a bundle of entries of your log' })
  @ApiParam(BUNDLE_PATH)
  @ApiHeader(LOG_FILES.ifNoneMatch)
  @ApiProduces('application/octet-stream')
  @ApiResponse(LOG_FILES.file)
  @ApiResponse(LOG_FILES.unchanged)
  @ApiProblems(...LOG_FILES.problems)
  bundle(
    @CurrentCaller() caller: ClientCaller,
    @PathBelow() path: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    return this.take(caller, { path: `tile/entries/${path}`, known, reply });
  }

  @Get('tile/*')
  @Needs('evidence:read')
  @ApiOperation({ operationId: 'readTile', summary: 'Take a tile of hashes of your log' })
  @ApiParam(TILE_PATH)
  @ApiHeader(LOG_FILES.ifNoneMatch)
  @ApiProduces('application/octet-stream')
  @ApiResponse(LOG_FILES.file)
  @ApiResponse(LOG_FILES.unchanged)
  @ApiProblems(...LOG_FILES.problems)
  tile(
    @CurrentCaller() caller: ClientCaller,
    @PathBelow() path: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    return this.take(caller, { path: `tile/${path}`, known, reply });
  }

  private async take(caller: ClientCaller, { path, known, reply }: Taken): Promise<Buffer | undefined> {
    await this.reads.run(caller, path.startsWith('tile/entries/') ? 'bundles' : 'tiles');
    const file = await this.tenancy.forTenant(caller.tenantId, (tx) => this.files.read(tx, path));
    if (file === null) throw new DomainError('EVIDENCE_NOT_FOUND', 'The log has no such tile or bundle.');
    const tag = `"${createHash('sha256').update(file.bytes).digest('base64url')}"`;
    void reply.headers({ ETag: tag, 'Cache-Control': file.isFull ? FOR_GOOD : 'private' });
    if (isNamedBy(known, tag)) {
      void reply.status(304);
      return undefined;
    }
    void reply.type('application/octet-stream');
    return Buffer.from(file.bytes);
  }
}
