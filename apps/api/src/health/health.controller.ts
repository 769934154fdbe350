import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Probe } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { Open } from '../auth/token.guard.js';

/** Provides the probes of every room, gathered by the composition root. */
export const PROBES = Symbol('probes');

/** Whether the process runs. */
export class LiveView {
  @ApiProperty({ enum: ['LIVE'] }) status!: 'LIVE';
}

/** Whether all it leans on answers, and which does not. */
export class ReadyView {
  @ApiProperty({ enum: ['READY', 'NOT_READY'] }) status!: 'READY' | 'NOT_READY';
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: { type: 'string' } },
  })
  checks!: Record<string, Record<string, string>>;
}

/** Says whether the process lives and whether it can work. */
@ApiTags('health')
@Controller('health')
@Open()
export class HealthController {
  constructor(@Inject(PROBES) private readonly probes: readonly Probe[]) {}

  @Get('live')
  @ApiOperation({ operationId: 'live', summary: 'Does the process run?' })
  @ApiResponse({ status: 200, description: 'It runs.', type: LiveView })
  live(): LiveView {
    return { status: 'LIVE' };
  }

  @Get('ready')
  @ApiOperation({ operationId: 'ready', summary: 'Can it work, and if not, why?' })
  @ApiResponse({ status: 200, description: 'It can work.', type: ReadyView })
  @ApiResponse({ status: 503, description: 'It cannot; `checks` says what is down.', type: ReadyView })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadyView> {
    const checks = Object.fromEntries(await Promise.all(this.probes.map(look)));
    const isReady = Object.values(checks).every(({ status }) => status === 'UP');
    void reply.status(isReady ? 200 : 503).header('Cache-Control', 'no-store');
    return { status: isReady ? 'READY' : 'NOT_READY', checks };
  }
}

async function look(probe: Probe): Promise<[string, Record<string, string>]> {
  try {
    return [probe.name, { status: 'UP', ...(await probe.check()) }];
  } catch {
    return [probe.name, { status: 'DOWN' }];
  }
}
