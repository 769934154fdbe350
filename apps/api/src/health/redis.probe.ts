import { type OnApplicationShutdown } from '@nestjs/common';
import { type Probe } from '@personr/kernel';
import { Redis } from 'ioredis';

/** Answers for Redis in `/health/ready`. Work that is due waits while Redis is away; nothing is lost. */
export class RedisProbe implements Probe, OnApplicationShutdown {
  readonly name = 'redis';
  private readonly redis: Redis;

  constructor(url: string) {
    this.redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, connectTimeout: 2000 });
    // Its state is asked for, not reported: a broken connection shows in `check`.
    this.redis.on('error', () => undefined);
  }

  async check(): Promise<undefined> {
    await this.redis.ping();
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}
