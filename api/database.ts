import type { Config } from '../platform/config';
import { type Database, openDatabase } from '../platform/database/client';

/** A request waits for no more than a saga's deadline and a few statements; milliseconds. */
const STATEMENT_MS = 4000;
const CONNECT_MS = 2000;
/** Past the server's own limit a statement's answer is not coming: the network or the machine is gone. */
const ANSWER_MS = STATEMENT_MS + 500;

/** The API's pool, with an end to every wait. */
export function openApiDatabase(config: Pick<Config, 'DATABASE_URL' | 'DATABASE_POOL'>): Database {
  return openDatabase({
    url: withAnswerLimit(config.DATABASE_URL),
    applicationName: 'booking-api',
    poolSize: config.DATABASE_POOL,
    transactionTimeoutMs: STATEMENT_MS,
    connectTimeoutMs: CONNECT_MS,
  });
}

/** Server-side limits do not help against a server that has fallen silent; pg's own limit is set by the address. */
function withAnswerLimit(address: string): string {
  const url = new URL(address);
  if (!url.searchParams.has('query_timeout')) url.searchParams.set('query_timeout', String(ANSWER_MS));
  return url.href;
}
