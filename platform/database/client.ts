import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../prisma/generated/client';

export type Database = PrismaClient;

export interface DatabaseOptions {
  readonly url: string;
  /** Shown in pg_stat_activity, and what the bench counts statements by. */
  readonly applicationName: string;
  readonly poolSize: number;
  /** No transaction outlives this, milliseconds; shorter than the time its caller waits. */
  readonly transactionTimeoutMs: number;
  /** How long to wait for a connection, milliseconds. */
  readonly connectTimeoutMs: number;
}

/** How long after the server's own limit an answer may still be under way, milliseconds. */
const ANSWER_MS = 500;

/** One pool for one role. Close it with `$disconnect()`. */
export function openDatabase(options: DatabaseOptions): Database {
  const adapter = new PrismaPg({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.poolSize,
    connectionTimeoutMillis: options.connectTimeoutMs,
    options: `-c transaction_timeout=${options.transactionTimeoutMs} -c statement_timeout=${options.transactionTimeoutMs}`,
    // The server's own limits do not help against a server that has fallen silent.
    query_timeout: options.transactionTimeoutMs + ANSWER_MS,
    keepAlive: true,
  });
  return new PrismaClient({ adapter });
}
