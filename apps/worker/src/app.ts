import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Clock } from '@personr/kernel';
import { quietLogger } from '@personr/silence';
import { type Logger } from 'pino';
import { AppModule } from './app.module.js';
import { type WorkerConfig } from './config.js';

/** Starts the hands: relay, consumer, sequencer. `close()` ends them after the work in hand. */
export async function createWorker(
  config: WorkerConfig,
  clock: Clock,
  logger: Logger = quietLogger({ app: 'worker', level: config.logLevel }),
): Promise<INestApplicationContext> {
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(config, clock, logger), {
    logger: false,
    abortOnError: false,
  });
  app.enableShutdownHooks();
  return app;
}
