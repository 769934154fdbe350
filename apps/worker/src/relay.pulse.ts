import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { LOGGER } from './logger.js';
import { OutboxRelay } from './outbox.relay.js';
import { Pulse } from './pulse.js';
import { whileOpen } from './while-open.js';

const REST_MILLISECONDS = 50;

/** Keeps the relay going. */
@Injectable()
export class RelayPulse implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pulse: Pulse;

  constructor(relay: OutboxRelay, gate: TideGate, @Inject(LOGGER) logger: Logger) {
    this.pulse = new Pulse(
      whileOpen(gate, () => relay.run()),
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
