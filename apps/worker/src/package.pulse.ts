import { Inject, Injectable } from '@nestjs/common';
import { SweepPackages } from '@personr/packages';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { KeptPulse } from './kept.pulse.js';
import { LOGGER } from './logger.js';

const REST_MILLISECONDS = 5_000;

/** Clears away packages whose time is up, and what attempts to build one left. */
@Injectable()
export class PackagePulse extends KeptPulse {
  constructor(
    private readonly sweepPackages: SweepPackages,
    gate: TideGate,
    @Inject(LOGGER) logger: Logger,
  ) {
    super({ restMilliseconds: REST_MILLISECONDS, gate, logger });
  }

  protected beat(): Promise<number> {
    return this.sweepPackages.run();
  }
}
