import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { Prisma, PrismaClient } from './generated/client.js';
import { NarrowingClient } from './narrowing.client.js';
import { StatementNames } from './statement-names.js';

/** A Prisma client bound to one database role. */
export type Database = PrismaClient;

/** A transaction as Prisma gives it, not yet narrowed to anything. */
export type Tx = Prisma.TransactionClient;

/** SQL fragments for tagged templates (`sql`, `join`, `empty`), so that no room imports the generated client. */
export const sql = { fragment: Prisma.sql, join: Prisma.join, empty: Prisma.empty } as const;

/** Any JSON column's input. */
export type JsonInput = Prisma.InputJsonValue;

/** Opens a pool of at most `poolSize` connections as the role that `url` signs in as. Connects at first use. */
export function openDatabase(url: string, poolSize: number): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    idleTimeoutMillis: 30_000,
    pipeline: true,
    Client: NarrowingClient,
  });
  // A lost idle connection is replaced; the statement that needs one reports it.
  pool.on('error', () => undefined);
  const names = new StatementNames();
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    statementNameGenerator: (query) => names.nameOf(query.sql),
  });
  return new PrismaClient({
    adapter,
    // Other formats quote the failed call, values and all, and look up a stack trace for every call that succeeds.
    errorFormat: 'minimal',
    transactionOptions: { maxWait: 15_000, timeout: 60_000 },
  });
}

/** Says whether `error` is the database refusing a second row under a unique key. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
