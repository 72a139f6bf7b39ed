import type { Database } from '../../platform/database/client';
import type { Logger } from '../../platform/logger';
import { purgeQuotes } from '../rates/quotes';
import { purgeKeys } from './keys';

const EVERY_MS = 3_600_000;

/** Deletes expired keys and quotes every hour; a failure waits for the next one. @returns how to stop */
export function keepPurging(database: Database, logger: Logger): () => void {
  const timer = setInterval(() => {
    for (const [what, purge] of [
      ['idempotency keys', purgeKeys],
      ['quotes', purgeQuotes],
    ] as const) {
      purge(database).then(
        (count) => logger.debug({ count }, `expired ${what} deleted`),
        (error: unknown) => logger.warn({ err: error }, `expired ${what} could not be deleted`),
      );
    }
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
