import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Redis } from 'ioredis';

/** A command that takes longer counts as failed: a request waits for Redis no longer than this. */
const COMMAND_MILLISECONDS = 250;
/** A connection that stays silent so long with a command open is given up, and requests wait no more. */
const SILENCE_MILLISECONDS = 500;
const RECONNECT_MILLISECONDS = 500;

/** The connection that quotas are counted over. A Redis that is away, or hangs, holds nobody up. */
@Injectable()
export class RatesRedis implements OnModuleInit, OnApplicationShutdown {
  readonly client: Redis;
  private readonly logger = new Logger('rates');
  private isCountedTogether = true;

  constructor(url: string) {
    this.client = new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      connectTimeout: SILENCE_MILLISECONDS,
      commandTimeout: COMMAND_MILLISECONDS,
      socketTimeout: SILENCE_MILLISECONDS,
      disableClientInfo: true,
      retryStrategy: () => RECONNECT_MILLISECONDS,
    });
    // What an error says may hold the URL's password; that it is away is said once, below.
    this.client.on('error', () => undefined);
    this.client.on('close', () => {
      this.tell(false);
    });
    this.client.on('ready', () => {
      this.tell(true);
    });
  }

  /** Waits for the first connection, so that the first requests are counted with everybody's; not for ever. */
  async onModuleInit(): Promise<void> {
    await this.client.connect().catch(() => undefined);
  }

  onApplicationShutdown(): void {
    this.client.removeAllListeners('close');
    this.client.disconnect();
  }

  private tell(isCountedTogether: boolean): void {
    if (isCountedTogether === this.isCountedTogether) return;
    this.isCountedTogether = isCountedTogether;
    this.logger.warn(
      isCountedTogether
        ? 'Redis is back: rates are counted for all processes together'
        : 'Redis is away: each process counts rates for itself',
    );
  }
}
