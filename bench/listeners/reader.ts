import { bookingStatusSync } from '../../consumers/booking-status-sync/group';
import { defineGroup } from '../../consumers/runner/group';
import { GroupRunner } from '../../consumers/runner/run-group';
import { readConfig } from '../../platform/config';
import { openTransactions } from '../../platform/database/transactions';
import { openKafka } from '../../platform/kafka/open-kafka';
import { createLogger } from '../../platform/logger';
import { MESSAGES } from '../../platform/messages/table';
import { Permits } from '../../platform/permits';

/*
 * One group in a process of its own: the one that keeps the traveler's view of status, under another name, with many
 * messages to a transaction or one. `node reader.js batch|single`
 */
async function main(cut: string | undefined): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config.LOG_LEVEL, 'bench');
  const transactions = openTransactions({
    url: config.DATABASE_URL,
    applicationName: 'bench reader',
    poolSize: config.DATABASE_POOL,
    timeoutMs: 5_000,
  });
  const group = defineGroup({
    name: `bench-${cut}-group`,
    topics: { bookingUpdates: MESSAGES.bookingUpdates },
    batch: cut === 'batch',
    rebuild: { never: 'it is measured' },
    handle: (event, transaction) => bookingStatusSync.handle(event, transaction),
  });
  const kafka = openKafka({ brokers: config.KAFKA_BROKERS, clientId: 'bench', logger });
  const permits = new Permits(config.DATABASE_POOL);
  const runner = new GroupRunner(group, { config, kafka, transactions, permits, logger });
  process.on('SIGTERM', () => runner.stop());
  await runner.run();
  await transactions.close();
  process.disconnect?.();
}

void main(process.argv[2]);
