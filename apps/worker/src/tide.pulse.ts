import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Replay } from '@personr/restore';
import { Tide, TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { LOGGER } from './logger.js';
import { Pulse } from './pulse.js';

const REST_MILLISECONDS = 2_000;

/**
 * Moves the marks on by which an older data database is known. Where one is found, replays what it lacks, which opens the
 * service; until then this is all that the worker does.
 */
@Injectable()
export class TidePulse implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pulse: Pulse;

  constructor(
    private readonly tide: Tide,
    private readonly gate: TideGate,
    private readonly replay: Replay,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.pulse = new Pulse(() => this.beat(), REST_MILLISECONDS, logger);
  }

  onApplicationBootstrap(): void {
    this.pulse.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.pulse.stop();
  }

  private async beat(): Promise<number> {
    if (this.gate.isOpen) await this.tide.roll();
    else await this.catchUp();
    return 0;
  }

  private async catchUp(): Promise<void> {
    this.logger.warn('closed: the data database is older than the key store; replaying');
    const replayed = await this.replay.run();
    await this.gate.look();
    if (replayed === null) return;
    const { restoreId, tenants, lost } = replayed;
    this.logger.warn(
      { restoreId, lost: lost.length, tenants: Object.fromEntries(tenants) },
      'replayed; open',
    );
  }
}
