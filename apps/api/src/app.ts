import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import helmet from '@fastify/helmet';
import { LogController } from 'fastify';
import { type Clock } from '@personr/kernel';
import { quietLogger } from '@personr/silence';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { AppModule } from './app.module.js';
import { type ApiConfig, refuseOpenings } from './config.js';
import { closeUntilReplayed } from './health/close-until-replayed.js';
import { takeAnyBodies } from './http/any-bodies.js';
import { keepBodiesInTime } from './http/body-deadlines.js';
import { takeBodies } from './http/body-parsers.js';
import { CONNECTIONS, ignoreExpectations } from './http/connections.js';
import { holdExpectations } from './http/expect-continue.js';
import { HouseLogger } from './http/house-logger.js';
import { answerOtherMethods } from './http/other-methods.js';
import { keepAnswersPrivate } from './http/private-answers.js';
import { answerWithRequestIds, requestIdOf } from './http/request-ids.js';
import { takeNdjson } from './http/stream-bodies.js';
import { openApiOf } from './openapi/openapi.js';
import { serveContract } from './reader/reader.js';
import { refuseUrl } from './problem/refuse-url.js';
import { Refusals } from './refusals/refusals.js';
import { tellRefusals } from './refusals/tell-refusals.js';
import { HouseValidation } from './problem/validation.pipe.js';

/** Builds the HTTP door, ready to listen. `logger` takes its JSON lines; they hold no URL, header or body. */
export async function createApi(
  config: ApiConfig,
  clock: Clock,
  logger: Logger = quietLogger({ app: 'api', level: config.logLevel }),
): Promise<NestFastifyApplication> {
  refuseOpenings(config);
  const adapter = adapterOf(config, logger);
  const fastify = adapter.getInstance();
  answerWithRequestIds(fastify);
  keepBodiesInTime(fastify, config.bodyDeadlines);
  keepAnswersPrivate(fastify);
  takeBodies(fastify);
  takeNdjson(fastify);
  takeAnyBodies(fastify);
  ignoreExpectations(fastify.server);
  holdExpectations(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, clock, logger),
    adapter,
    {
      bodyParser: false,
      logger: new HouseLogger(logger),
      abortOnError: false,
    },
  );
  closeUntilReplayed(fastify, app.get(TideGate));
  tellRefusals(fastify, app.get(Refusals));
  await app.register(helmet);
  answerOtherMethods(fastify);
  app.useGlobalPipes(new HouseValidation());
  app.enableShutdownHooks();
  serveContract(fastify, openApiOf(app));
  await app.init();
  await fastify.ready();
  return app;
}

const adapterOf = (config: ApiConfig, logger: Logger): FastifyAdapter =>
  new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    ...CONNECTIONS,
    trustProxy: [...config.trustedProxies],
    return503OnClosing: true,
    frameworkErrors: refuseUrl,
    routerOptions: { maxParamLength: 64 },
  });
