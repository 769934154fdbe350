export { createLogin, dropLogin, migrate } from '../../../prisma/migrate.mjs';

/** Why the stack could not do what was asked. */
export type StackErrorCode =
  | 'DISK_FULL'
  | 'NOT_WRITABLE'
  | 'STATE_IN_USE'
  | 'PORT_TAKEN'
  | 'PLATFORM_UNSUPPORTED'
  | 'REDIS_MISSING'
  | 'SERVER_FAILED'
  | 'SERVER_UNREACHABLE'
  | 'SERVER_TOO_OLD'
  | 'KEYSTORE_NOT_SEPARATE'
  | 'APP_FAILED'
  | 'NOT_BUILT';

/** `code` is the contract; `message` is a sentence with a way out, to be shown as it is. */
export class StackError extends Error {
  constructor(code: StackErrorCode, message: string, options?: { cause?: unknown });
  readonly code: StackErrorCode;
}

/** A server this process started. It ends when this process ends, however that happens. */
export interface Server {
  readonly url: string;
  readonly port: number;
  /** Of the running process; changes with `restart`. */
  readonly pid: number;
  readonly logFile: string;
  /** Ends it in order, by force after ten seconds. Safe to call again. */
  stop(): Promise<void>;
  /** Sends a signal, for tests of what happens then. Nothing starts it again but `restart`. */
  kill(signal: NodeJS.Signals): void;
  /** Stops it if it runs and starts it on the same port, with the same data (Redis has none). */
  restart(): Promise<void>;
}

export interface PostgresOptions {
  /** Where the cluster lies or will lie; made when absent. */
  readonly directory: string;
  /** A free one when left out. */
  readonly port?: number;
  /** What errors call it. */
  readonly name: string;
  /** Settings of postgresql.conf beyond the stack's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told when it ends without `stop`, with its last log lines. */
  readonly onDeath?: (error: StackError) => void;
}

/** `url` is the superuser's, for the database `postgres`. */
export interface PostgresServer extends Server {
  /** PGDATA: tables, WAL, everything the server writes but its log. */
  readonly dataDirectory: string;
}

/**
 * Starts a PostgreSQL 18 cluster that listens on 127.0.0.1 alone, asks for SCRAM passwords, and logs no value
 * of any row. Rejects with `PORT_TAKEN`, `DISK_FULL`, `NOT_WRITABLE`, `STATE_IN_USE`, `SERVER_FAILED`,
 * `PLATFORM_UNSUPPORTED`.
 */
export function startPostgres(options: PostgresOptions): Promise<PostgresServer>;

export interface StandbyOptions extends PostgresOptions {
  /** Must run. Its settings that the WAL depends on, as `max_connections`, must not be higher than ours. */
  readonly primary: PostgresServer;
  /** Lower-case letters, digits and underscores: also the name of its slot, and that by which the primary knows it. */
  readonly name: string;
}

/** Answers what is read while it follows. `url` has the primary's password. */
export interface StandbyServer extends PostgresServer {
  /** Has each commit of the primary wait until this standby has flushed it. Resolves when that holds. */
  makeSynchronous(): Promise<void>;
  /** Ends the following: it takes writes from here on. Waits for no one. */
  promote(): Promise<void>;
}

/**
 * Starts a PostgreSQL that follows another one (streaming replication, a slot of its own), out of a copy of the
 * primary's files. A directory that holds a cluster already is started as it is. Rejects as `startPostgres` does.
 */
export function startStandby(options: StandbyOptions): Promise<StandbyServer>;

export interface RedisOptions {
  /** Its working directory and log; made when absent. */
  readonly directory: string;
  readonly port?: number;
  /** Logical databases; 16 when left out. */
  readonly databases?: number;
  readonly onDeath?: (error: StackError) => void;
}

export interface RedisServer extends Server {}

/**
 * Starts a Redis on 127.0.0.1 with a generated password that writes nothing to disk. Rejects with
 * `REDIS_MISSING`, `PORT_TAKEN`, `SERVER_FAILED`.
 */
export function startRedis(options: RedisOptions): Promise<RedisServer>;

/** The path of `redis-server`, or undefined when it is not installed. */
export function redisProgram(): string | undefined;

/** `url` is the endpoint's. */
export interface MinioServer extends Omit<Server, 'restart' | 'kill'> {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Starts MinIO, an S3 server, for tests of object stores, with generated credentials, on 127.0.0.1; over TLS where a
 * certificate is given, in PEM. Rejects with `SERVER_FAILED`.
 */
export function startMinio(options: {
  readonly program: string;
  readonly directory: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
}): Promise<MinioServer>;

/** The path of MinIO where `bin/ensure-minio.sh` builds it or the system has it; undefined where there is none. */
export function minioProgram(): string | undefined;

export interface ServersOptions {
  /** Kept between runs. Left out: a fresh directory that goes away at `stop`. */
  readonly stateDirectory?: string;
  /** Lets the fresh directory stay. */
  readonly keep?: boolean;
  /** Told what happens, a line at a time. */
  readonly log?: (line: string) => void;
}

/** What the apps are told, by its name in their environment. */
export interface ServersEnvironment {
  readonly TENANT_DATABASE_URL: string;
  readonly RELAY_DATABASE_URL: string;
  readonly DIRECTORY_DATABASE_URL: string;
  readonly KEYSTORE_DATABASE_URL: string;
  readonly REDIS_URL: string;
  /** Two directories, separated by ':'. */
  readonly KEYRING_DIRECTORIES: string;
  /** Where documents rest; a directory in the state directory unless the environment names another place. */
  readonly OBJECT_STORE_URL: string;
  /** Where evidence goes; a directory in the state directory unless the environment names another place. */
  readonly EVIDENCE_URL: string;
  /** ES256 private key, PKCS #8 in PEM. */
  readonly TOKEN_KEY_FILE: string;
  /** Ed25519 private key, PKCS #8 in PEM. */
  readonly LOG_SIGNING_KEY_FILE: string;
}

export interface Servers {
  readonly stateDirectory: string;
  /** For operations and tests; the apps never see the owners' URLs. */
  readonly dataOwnerUrl: string;
  readonly keystoreOwnerUrl: string;
  /** Those we started: `data`, `keystore`, `redis`; one that the environment names is not among them. */
  readonly servers: Readonly<Record<string, Server>>;
  readonly env: ServersEnvironment;
  /** Has `act` run at `stop`, before what was started earlier is stopped. */
  atStop(act: () => unknown): void;
  /** Ends everything, latest first. Safe to call again. */
  stop(): Promise<void>;
}

/**
 * Starts both clusters and Redis, or takes those that DATABASE_URL, KEYSTORE_URL and REDIS_URL name; migrates
 * both databases; makes logins, keyring directories and keys. Rejects with a `StackError` or what `migrate`
 * throws, and leaves nothing running then.
 */
export function startServers(options?: ServersOptions): Promise<Servers>;

export interface StackOptions extends ServersOptions {
  /** The api's; a free one when left out. */
  readonly port?: number;
  /** What the api calls itself; its own address when left out. */
  readonly publicUrl?: string;
  /** More for the apps' environment, or other values. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface StackEnvironment extends ServersEnvironment {
  readonly LOG_ORIGIN: string;
  readonly PUBLIC_URL: string;
  readonly HOST: string;
  readonly PORT: string;
  readonly NODE_ENV: string;
  readonly LOG_LEVEL: string;
}

/** `api`, `worker`, and those of `Servers.servers`. */
export type ProcessName = 'api' | 'worker' | 'data' | 'keystore' | 'redis';

export interface Stack extends Omit<Servers, 'env'> {
  readonly env: StackEnvironment;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  /** Process ids now; undefined while an app is between a death and its next start. */
  readonly processes: Readonly<Partial<Record<ProcessName, number | undefined>>>;
  readonly logFiles: Readonly<Partial<Record<ProcessName, string>>>;
  /** Ends one in order, starts it again, and resolves when the api is ready. */
  restart(name: ProcessName): Promise<void>;
  /** Sends a signal. An app that ends of it is started again; a server is not. */
  kill(name: ProcessName, signal: NodeJS.Signals): void;
}

/**
 * Starts the product: servers, then `apps/worker` and `apps/api`, supervised; resolves when the api says it is
 * ready. Until `stop`, Ctrl-C and SIGTERM end everything in order and then this process. Rejects with a
 * `StackError`, leaving nothing running.
 */
export function startStack(options?: StackOptions): Promise<Stack>;

/** On SIGINT, SIGTERM, SIGHUP: runs `act` once, then exits with 128 + signal. Returns what undoes that. */
export function endOnSignal(act: () => Promise<unknown>): () => void;

/** A TCP port of 127.0.0.1 that nobody listens on now. */
export function freePort(): Promise<number>;

/** A fresh directory that is removed when this process ends, whatever becomes of it. */
export function ephemeralDirectory(label?: string): string;

/** Removes an ephemeral directory now. */
export function removeDirectory(directory: string): void;

/** Ends processes and removes paths when this process ends, however it ends. */
export const keeper: {
  /** A negative pid means a process group. SIGKILL follows after ten seconds. */
  guard(pid: number, signal: NodeJS.Signals): void;
  release(pid: number): void;
  removeAtEnd(path: string): void;
  forget(path: string): void;
};
