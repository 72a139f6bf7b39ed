import type { Database } from '../../platform/database/client';
import type { Logger } from '../../platform/logger';
import { purgeKeys } from './keys';

const EVERY_MS = 3_600_000;

/** Deletes expired keys every hour; a failure waits for the next one. @returns how to stop */
export function keepPurging(database: Database, logger: Logger): () => void {
  const timer = setInterval(() => {
    purgeKeys(database).then(
      (count) => logger.debug({ count }, 'expired idempotency keys deleted'),
      (error: unknown) => logger.warn({ err: error }, 'expired idempotency keys could not be deleted'),
    );
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
