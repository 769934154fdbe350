import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SweepPackages } from '@personr/packages';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { LOGGER } from './logger.js';
import { Pulse } from './pulse.js';
import { whileOpen } from './while-open.js';

const REST_MILLISECONDS = 5_000;

/** Clears away packages whose time is up, and what attempts to build one left. */
@Injectable()
export class PackagePulse implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pulse: Pulse;

  constructor(sweepPackages: SweepPackages, gate: TideGate, @Inject(LOGGER) logger: Logger) {
    this.pulse = new Pulse(
      whileOpen(gate, () => sweepPackages.run()),
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
