import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SweepUploads } from '@personr/subjects';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { LOGGER } from './logger.js';
import { Pulse } from './pulse.js';
import { whileOpen } from './while-open.js';

const REST_MILLISECONDS = 5_000;

/** Keeps the object store free of what uploads left that nobody finished. */
@Injectable()
export class UploadPulse implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pulse: Pulse;

  constructor(sweepUploads: SweepUploads, gate: TideGate, @Inject(LOGGER) logger: Logger) {
    this.pulse = new Pulse(
      whileOpen(gate, () => sweepUploads.run()),
      REST_MILLISECONDS,
      logger,
    );
  }

  onApplicationBootstrap(): void {
    this.pulse.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.pulse.stop();
  }
}
