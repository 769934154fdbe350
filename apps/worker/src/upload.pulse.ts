import { Inject, Injectable } from '@nestjs/common';
import { SweepUploads } from '@personr/subjects';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { KeptPulse } from './kept.pulse.js';
import { LOGGER } from './logger.js';

const REST_MILLISECONDS = 5_000;

/** Keeps the object store free of what uploads left that nobody finished. */
@Injectable()
export class UploadPulse extends KeptPulse {
  constructor(
    private readonly sweepUploads: SweepUploads,
    gate: TideGate,
    @Inject(LOGGER) logger: Logger,
  ) {
    super({ restMilliseconds: REST_MILLISECONDS, gate, logger });
  }

  protected beat(): Promise<number> {
    return this.sweepUploads.run();
  }
}
