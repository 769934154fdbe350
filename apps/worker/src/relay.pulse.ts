import { Inject, Injectable } from '@nestjs/common';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { KeptPulse } from './kept.pulse.js';
import { LOGGER } from './logger.js';
import { OutboxRelay } from './outbox.relay.js';

const REST_MILLISECONDS = 50;

/** Keeps the relay going. */
@Injectable()
export class RelayPulse extends KeptPulse {
  constructor(
    private readonly relay: OutboxRelay,
    gate: TideGate,
    @Inject(LOGGER) logger: Logger,
  ) {
    super({ restMilliseconds: REST_MILLISECONDS, gate, logger });
  }

  protected beat(): Promise<number> {
    return this.relay.run();
  }
}
