import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject } from '@nestjs/swagger';
import { SystemClock } from '@personr/kernel';
import { quietLogger, UNCHECKED } from '@personr/silence';
import { AppModule } from './app.module.js';
import { type ApiConfig } from './config.js';
import { openApiOf } from './openapi/openapi.js';
import { DEFAULT_UPLOADS } from './documents/uploads.config.js';
import { DEFAULT_RATES } from './rates/rates.config.js';

const NOWHERE: ApiConfig = {
  host: '127.0.0.1',
  port: 0,
  publicUrl: 'https://api.personr.example',
  logLevel: 'silent',
  tenantDatabaseUrl: '',
  relayDatabaseUrl: '',
  directoryDatabaseUrl: '',
  keystoreDatabaseUrl: '',
  keyringDirectories: [],
  keyringTokens: null,
  objectStoreUrl: '',
  tokenKeyFile: '',
  redisUrl: '',
  rates: DEFAULT_RATES,
  uploads: DEFAULT_UPLOADS,
  trustedProxies: [],
  endsWithParent: false,
  silence: UNCHECKED,
};

/** The contract, from the code alone: no server is needed, no file is read, and no provider is made. */
export async function describeApi(): Promise<OpenAPIObject> {
  const module = AppModule.forRoot(NOWHERE, new SystemClock(), quietLogger({ app: 'api', level: 'silent' }));
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  return openApiOf(app);
}
