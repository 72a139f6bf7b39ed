import { Connection } from '@temporalio/client';
import { readConfig } from '../platform/config';
import { migrate } from '../platform/database/migrate';
import { temporalEndpoint } from '../platform/temporal/connection';
import { seed } from './seed';
import { sayOnStderr } from './stack/say';
import { ensureSearchAttributes } from './stack/search-attributes';

/**
 * Makes services that are already there ready for the product: schema, search attributes, and in development the
 * demo catalogue. Runs once before a new version is started; running it again does nothing.
 */
async function main(): Promise<void> {
  const config = readConfig({ ROLE: 'api', ...process.env });
  const applied = await migrate(config.DATABASE_URL);
  sayOnStderr(applied.length > 0 ? `Migrated: ${applied.join(', ')}.` : 'The schema is up to date.');
  const connection = await Connection.connect(temporalEndpoint(config));
  try {
    await ensureSearchAttributes(connection, config.TEMPORAL_NAMESPACE);
    sayOnStderr(`Search attributes are registered in namespace ${config.TEMPORAL_NAMESPACE}.`);
  } finally {
    await connection.close();
  }
  if (config.NODE_ENV === 'development') await seed(config.DATABASE_URL);
}

main().catch((error: unknown) => {
  sayOnStderr((error as Error).stack ?? String(error));
  process.exitCode = 1;
});
