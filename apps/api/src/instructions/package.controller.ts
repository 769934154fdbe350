import { Readable } from 'node:stream';
import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { FindInstruction, type Instruction, isFinal, type Transfer } from '@personr/instruction';
import { encryptTo } from '@personr/delivery';
import { DomainError, parseId } from '@personr/kernel';
import { type OpenedPackage, ReadPackage, type WantedPart } from '@personr/packages';
import { type FastifyReply } from 'fastify';
import { type ClientCaller, CurrentCaller } from '../auth/caller.js';
import { Needs } from '../auth/token.guard.js';
import { partOf } from '../documents/byte-range.js';
import { IF_RANGE_HEADER, RANGE_HEADER } from '../documents/documents.contract.js';
import { ApiProblems, TOKEN_PROBLEMS, VAULT_PROBLEMS } from '../problem/problem.dto.js';
import { INSTRUCTION_ID } from './instruction-id.js';

/** Bytes of no type that is registered. */
const AGE = 'application/octet-stream';
const ZIP = { 'application/zip': { schema: { type: 'string' as const, format: 'binary' } } };
const PROBLEMS = [
  ...TOKEN_PROBLEMS,
  ...VAULT_PROBLEMS,
  'ID_MALFORMED',
  'INSTRUCTION_NOT_FOUND',
  'PACKAGE_NOT_FOUND',
  'NOT_FINISHED',
  'PACKAGE_EXPIRED',
  'DOWNLOAD_LIMIT_REACHED',
  'RANGE_NOT_SATISFIABLE',
  'KEY_SHREDDED',
  'SEAL_BROKEN',
  'OBJECT_MISSING',
] as const;

/** Hands out packages of answers. */
@ApiTags('instructions')
@ApiBearerAuth('token')
@Controller('v1/instructions/:id/package')
export class PackageController {
  constructor(
    private readonly findInstruction: FindInstruction,
    private readonly readPackage: ReadPackage,
  ) {}

  @Get()
  @Needs('packages:read')
  @ApiOperation({
    operationId: 'readPackage',
    summary: 'Take the package of an export or a return; the log says so each time',
    description:
      'Streams it, whole or the one part that `Range` asks for: of an export until it expires, of a return until what it holds is erased. Of a return of everything it lists the parts, with their sizes and hashes.',
  })
  @ApiHeader(RANGE_HEADER)
  @ApiHeader(IF_RANGE_HEADER)
  @ApiParam(INSTRUCTION_ID)
  @ApiResponse({
    status: 200,
    description: 'The package, a zip; whole and as a file of age where the instruction says `encryptTo`.',
    content: { ...ZIP, [AGE]: ZIP['application/zip'] },
  })
  @ApiResponse({ status: 206, description: 'The part that was asked for.', content: ZIP })
  @ApiProblems(...PROBLEMS)
  async read(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { instruction, transfer } = await this.findInstruction.byId(caller.tenantId, parseId(id));
    assertReady(instruction, transfer);
    await this.hand(reply, { caller, instruction, name: 'package' });
  }

  @Get('parts/:part')
  @Needs('packages:read')
  @ApiOperation({
    operationId: 'readPackagePart',
    summary: 'Take a part of what is returned of everything that is held for you; the log says so each time',
    description:
      'Streams it, whole or the one range of it that `Range` asks for, until the package that lists the parts is acknowledged.',
  })
  @ApiHeader(RANGE_HEADER)
  @ApiHeader(IF_RANGE_HEADER)
  @ApiParam(INSTRUCTION_ID)
  @ApiParam({
    name: 'part',
    description: 'Its number, from 1 to as many as the transfer has parts.',
    schema: { type: 'string', pattern: '^[1-9][0-9]{0,8}$', example: '1' },
  })
  @ApiResponse({
    status: 200,
    description: 'The part, a zip; whole and as a file of age where the instruction says `encryptTo`.',
    content: { ...ZIP, [AGE]: ZIP['application/zip'] },
  })
  @ApiResponse({ status: 206, description: 'The range that was asked for.', content: ZIP })
  @ApiProblems(...PROBLEMS)
  async readPart(
    @CurrentCaller() caller: ClientCaller,
    @Param('id') id: string,
    @Param('part') text: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { instruction, transfer } = await this.findInstruction.byId(caller.tenantId, parseId(id));
    const number = partNumbered(text, instruction);
    assertReady(instruction, transfer);
    if (number > (transfer?.parts ?? 0)) throw noPart();
    await this.hand(reply, { caller, instruction, name: `part-${number}`, number });
  }

  private async hand(reply: FastifyReply, { caller, instruction, name, number }: Handing): Promise<void> {
    const { encryptTo: recipient = null } = instruction.exportOrder ?? {};
    const part: WantedPart = recipient === null ? wantedPart(reply) : () => null;
    const opened = await this.readPackage.run(caller, instruction.id, part, number);
    const bytes =
      recipient === null ? plain(reply, opened, name) : await encrypted(reply, opened, { recipient, name });
    await reply.send(Readable.from(bytes, { objectMode: false }));
  }
}

/** A package or a part that is handed to somebody, and the name of its file. */
type Handing = {
  readonly caller: ClientCaller;
  readonly instruction: Instruction;
  readonly name: string;
  readonly number?: number;
};

const noPart = (): DomainError => new DomainError('PACKAGE_NOT_FOUND', 'This instruction has no such part.');

/** Throws `PACKAGE_NOT_FOUND`. */
function partNumbered(text: string, { type, wholeTenant }: Instruction): number {
  if (type !== 'RETURN' || wholeTenant !== true || !/^[1-9][0-9]{0,8}$/.test(text)) throw noPart();
  return Number(text);
}

/** Throws `PACKAGE_NOT_FOUND`, `NOT_FINISHED`, and `PACKAGE_EXPIRED` for everything that is returned from its acknowledgement on. */
function assertReady(instruction: Instruction, transfer: Transfer | null): void {
  assertMade(instruction, transfer?.sentAt ?? null);
  if (instruction.wholeTenant === true && (transfer?.acknowledgedAt ?? null) !== null)
    throw new DomainError('PACKAGE_EXPIRED', 'It was acknowledged, and goes with what it holds.');
}

function assertMade({ type, state }: Instruction, sentAt: string | null): void {
  if (!['EXPORT', 'RETURN'].includes(type) || state === 'CLOSED_NO_DATA')
    throw new DomainError('PACKAGE_NOT_FOUND', 'This instruction has no package.');
  if (!isFinal(state) && (type === 'EXPORT' || sentAt === null))
    throw new DomainError('NOT_FINISHED', 'The package is not ready yet.');
}

const tagOf = (manifestSha256: string): string => `"${manifestSha256}"`;

const wantedPart =
  (reply: FastifyReply): WantedPart =>
  ({ sizeBytes, manifestSha256 }) => {
    const { headers } = reply.request;
    const condition = headers['if-range'];
    const isWanted = condition === undefined || condition === tagOf(manifestSha256);
    const part = partOf(isWanted ? headers.range : undefined, sizeBytes);
    if (part === 'UNSATISFIABLE') {
      void reply.header('Content-Range', `bytes */${sizeBytes}`);
      throw new DomainError('RANGE_NOT_SATISFIABLE', 'The package ends before that range begins.');
    }
    return part;
  };

/** Never to be kept by a cache or shown by a browser. */
const PRIVATE = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' };

/** A file of age is other bytes each time, so it has no parts and no tag. */
async function encrypted(
  reply: FastifyReply,
  opened: OpenedPackage,
  { recipient, name }: { readonly recipient: string; readonly name: string },
): Promise<AsyncIterable<Uint8Array>> {
  const { bytes, sizeOf } = await encryptTo(recipient, opened.bytes);
  void reply.status(200).headers({
    ...PRIVATE,
    'Content-Type': AGE,
    'Content-Length': sizeOf(opened.sizeBytes),
    'Content-Disposition': `attachment; filename="${name}.zip.age"`,
    'Accept-Ranges': 'none',
  });
  return bytes;
}

function plain(reply: FastifyReply, opened: OpenedPackage, name: string): AsyncIterable<Uint8Array> {
  const { sizeBytes, manifestSha256, range } = opened;
  const { start, end } = range;
  const isWhole = start === 0 && end === sizeBytes - 1;
  void reply.status(isWhole ? 200 : 206).headers({
    'Content-Type': 'application/zip',
    'Content-Length': end - start + 1,
    'Content-Disposition': `attachment; filename="${name}.zip"`,
    ...PRIVATE,
    'Accept-Ranges': 'bytes',
    ETag: tagOf(manifestSha256),
    ...(isWhole ? {} : { 'Content-Range': `bytes ${start}-${end}/${sizeBytes}` }),
  });
  return opened.bytes;
}
