import type { Config } from '../platform/config';
import { type Database, openDatabase } from '../platform/database/client';

/** A request waits for no more than a saga's deadline and a few statements; milliseconds. */
const STATEMENT_MS = 4000;
const CONNECT_MS = 2000;
/** The API's pool, with an end to every wait. */
export function openApiDatabase(config: Pick<Config, 'DATABASE_URL' | 'DATABASE_POOL'>): Database {
  return openDatabase({
    url: config.DATABASE_URL,
    applicationName: 'booking-saga api',
    poolSize: config.DATABASE_POOL,
    transactionTimeoutMs: STATEMENT_MS,
    connectTimeoutMs: CONNECT_MS,
  });
}
