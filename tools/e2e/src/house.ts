import 'reflect-metadata';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type INestApplicationContext } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type KeySetFetching, OnboardTenant } from '@personr/access';
import {
  type ApiConfig,
  createApi,
  DEFAULT_RATES,
  DEFAULT_UPLOADS,
  type RatesConfig,
  type UploadsConfig,
} from '@personr/api';
import { LogSigner } from '@personr/audit';
import { type DeliveryOptions } from '@personr/delivery';
import { type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import {
  createTestDatabases,
  tempDirectory,
  type TestDatabases,
  testRedisUrl,
  waitFor,
} from '@personr/testkit';
import { USUAL_BOUNDS } from '@personr/redaction';
import { createWorker, type WorkerConfig } from '@personr/worker';
import { quietLogger, UNCHECKED } from '@personr/silence';
import pg from 'pg';
import supertest from 'supertest';

type Agent = ReturnType<typeof supertest>;

/** Jest's own modules are not built, and a process of its own needs one that is. */
const REDACTION_CHILD = join(process.cwd(), 'libs/redaction/dist/child/redaction.child.js');

/** A Business with a credential and a token, and what it can ask the api. */
export type TestTenant = {
  readonly tenantId: TenantId;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What a verifier pins to trust this tenant's log. */
  readonly vkey: string;
  readonly token: string;
  get(path: string): supertest.Test;
  post(path: string, body: object, headers?: Readonly<Record<string, string>>): supertest.Test;
};

/** The whole house in one process: real databases, real Redis, api and worker, and a clock to set. */
export type House = {
  readonly clock: SettableClock;
  readonly databases: TestDatabases;
  /** The data database as its owner, whom row-level security does not hold back. */
  readonly owner: pg.Pool;
  readonly redisUrl: string;
  readonly keyringDirectories: readonly string[];
  /** Where the sealed bytes of documents rest. */
  readonly objectDirectory: string;
  readonly evidenceDirectory: string;
  readonly api: NestFastifyApplication;
  readonly http: Agent;
  /** Every line that api and worker logged. */
  readonly logLines: string[];
  /** What a worker of this house is told, for starting more of them. */
  readonly workerConfig: WorkerConfig;
  readonly apiConfig: ApiConfig;
  onboard(name: string): Promise<TestTenant>;
  /** The built-in tenant of our own Business, which holds data of role BUSINESS. */
  onboardOwnBusiness(): Promise<TestTenant>;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  /** Polls the instruction until it has ended, for a minute unless told otherwise; returns its view. */
  ended(tenant: TestTenant, id: string, patience?: { seconds: number }): Promise<InstructionAnswer>;
  stop(): Promise<void>;
};

/** The members of an instruction's view that tests look at. */
export type InstructionAnswer = {
  readonly id: string;
  readonly state: string;
  readonly final: boolean;
  readonly receiptUrl: string | null;
  readonly sealedAt: string | null;
  readonly erasedAt: string | null;
  readonly history: readonly { readonly to: string }[];
};

function writeKeys(directory: string): { tokenKeyFile: string; logSigningKeyFile: string } {
  const tokenKeyFile = join(directory, 'token.pem');
  const logSigningKeyFile = join(directory, 'log.pem');
  const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
  const token = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pkcs8);
  const log = generateKeyPairSync('ed25519').privateKey.export(pkcs8);
  writeFileSync(tokenKeyFile, token, { mode: 0o600 });
  writeFileSync(logSigningKeyFile, log, { mode: 0o600 });
  return { tokenKeyFile, logSigningKeyFile };
}

/** What a spec may choose. */
export type HouseOptions = {
  /** Whether a worker runs from the start. True when left out. */
  readonly worker?: boolean;
  readonly clock?: SettableClock;
  /** How much may be asked for; as everywhere when left out. */
  readonly rates?: Partial<RatesConfig>;
  /** How many uploads may go on at once; as everywhere when left out. */
  readonly uploads?: Partial<UploadsConfig>;
  /** How long a body may take; as everywhere when left out. */
  readonly bodyDeadlines?: ApiConfig['bodyDeadlines'];
  /** Where documents rest; in a new directory when left out. */
  readonly objects?: string;
  /** Where evidence goes; into a new directory when left out. */
  readonly evidence?: string;
  /** A Redis of the spec's own; a fresh database of the run's when left out. */
  readonly redis?: string;
  /** Where key sets may be fetched from beside the internet. Nowhere when left out. */
  readonly keySets?: KeySetFetching;
  /** Where endpoints may be beside the open internet. Nowhere when left out. */
  readonly endpoints?: DeliveryOptions;
};

/** What the door is told beyond what every process is. */
const doorOf = ({ rates = {}, uploads = {}, bodyDeadlines, keySets }: HouseOptions) => ({
  host: '127.0.0.1',
  port: 0,
  publicUrl: 'https://api.personr.example',
  rates: { ...DEFAULT_RATES, ...rates },
  uploads: { ...DEFAULT_UPLOADS, ...uploads },
  bodyDeadlines,
  trustedProxies: [],
  ...(keySets === undefined ? {} : { keySets }),
});

/** The URL that was given, or that of the house's own directory. */
const placeOf = (given: string | undefined, directory: string): string =>
  given ?? pathToFileURL(directory).href;

/** What the hands are told beyond what every process is. */
const handsOf = ({ endpoints = {} }: HouseOptions) => ({ endpoints });

/** Starts a house of its own for one spec. Its clock stands at 2026-11-24T18:00:00Z unless one is given. */
export async function startHouse({
  worker = true,
  clock = new SettableClock('2026-11-24T18:00:00.000Z'),
  redis,
  objects,
  evidence,
  ...told
}: HouseOptions = {}): Promise<House> {
  const databases = await createTestDatabases();
  const redisUrl = redis ?? (await testRedisUrl());
  const directory = tempDirectory();
  const keyringDirectories = ['a', 'b'].map((replica) => join(directory, replica));
  for (const replica of keyringDirectories) mkdirSync(replica, { mode: 0o700 });
  const objectDirectory = join(directory, 'objects');
  const evidenceDirectory = join(directory, 'evidence');
  const keys = writeKeys(directory);
  const logLines: string[] = [];
  const logger = quietLogger(
    { app: 'house', level: 'debug' },
    { write: (line: string) => logLines.push(line) },
  );
  const common = {
    logLevel: 'debug',
    tenantDatabaseUrl: databases.tenantUrl,
    relayDatabaseUrl: databases.relayUrl,
    directoryDatabaseUrl: databases.directoryUrl,
    keystoreDatabaseUrl: databases.keystoreUrl,
    keyringDirectories,
    keyringTokens: null,
    objectStoreUrl: placeOf(objects, objectDirectory),
    redisUrl,
    endsWithParent: false,
    silence: UNCHECKED,
  };
  const apiConfig: ApiConfig = { ...common, ...doorOf(told), tokenKeyFile: keys.tokenKeyFile };
  const workerConfig: WorkerConfig = {
    ...common,
    evidenceUrl: placeOf(evidence, evidenceDirectory),
    witnesses: [],
    ...handsOf(told),
    logSigningKeyFile: keys.logSigningKeyFile,
    leaseSeconds: 30,
    redaction: { ...USUAL_BOUNDS, mostSeconds: 600, childFile: REDACTION_CHILD },
  };
  const api = await createApi(apiConfig, clock, logger);
  const http = supertest(api.getHttpServer());
  const owner = new pg.Pool({ connectionString: databases.ownerUrl, max: 2 });
  let running: INestApplicationContext | undefined;
  const takeIn = async (tenant: { name: string; kind?: 'HOUSE' }) => {
    const onboarded = await api.get(OnboardTenant).run({ ...tenant, logHost: 'personr.example' });
    const vkey = LogSigner.fromFile(keys.logSigningKeyFile).vkey(onboarded.logOrigin);
    return tenantOf(http, { ...onboarded, vkey });
  };
  const house: House = {
    clock,
    databases,
    owner,
    redisUrl,
    keyringDirectories,
    objectDirectory,
    evidenceDirectory,
    api,
    http,
    logLines,
    apiConfig,
    workerConfig,
    onboard: (name) => takeIn({ name }),
    onboardOwnBusiness: () => takeIn({ name: 'Personr', kind: 'HOUSE' }),
    startWorker: async () => {
      running ??= await createWorker(workerConfig, clock, logger);
    },
    stopWorker: async () => {
      await running?.close();
      running = undefined;
    },
    ended: async (tenant, id, { seconds } = { seconds: 60 }) => {
      let state = 'unknown';
      const look = async (): Promise<InstructionAnswer | undefined> => {
        // The clock stands still; work that was given back becomes due only as it moves.
        clock.advance(10);
        const shown = await tenant.get(`/v1/instructions/${id}`).expect(200);
        const view = shown.body as InstructionAnswer;
        state = view.state;
        return view.final ? view : undefined;
      };
      try {
        return await waitFor(look, { what: 'the instruction to end', timeoutMs: seconds * 1000 });
      } catch (cause) {
        const { rows } = await owner.query('select * from work where reference_id = $1', [id]);
        const failures = logLines.filter((line) => line.includes('"level":50')).slice(-3);
        const facts = JSON.stringify({ now: clock.now(), work: rows, failures });
        throw new Error(`the instruction still is ${state}: ${facts}`, { cause });
      }
    },
    stop: async () => {
      await house.stopWorker();
      await api.close();
      await owner.end();
      await databases.drop();
    },
  };
  if (worker) await house.startWorker();
  return house;
}

/** Signs a client in at this door. */
export async function tenantOf(
  http: Agent,
  onboarded: { tenantId: TenantId; clientId: string; clientSecret: string; vkey: string },
): Promise<TestTenant> {
  const issued = await http
    .post('/oauth/token')
    .auth(onboarded.clientId, onboarded.clientSecret)
    .type('form')
    .send({ grant_type: 'client_credentials' })
    .expect(200);
  const { access_token: token } = issued.body as { access_token: string };
  return {
    ...onboarded,
    token,
    get: (path) => http.get(path).auth(token, { type: 'bearer' }),
    post: (path, json, headers = {}) =>
      http.post(path).auth(token, { type: 'bearer' }).set(headers).send(json),
  };
}
