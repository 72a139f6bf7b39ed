import type { Config } from '../platform/config';
import { openTransactions, type Transactions } from '../platform/database/transactions';
import { armFromEnvironment } from '../platform/failpoint';
import { openKafka } from '../platform/kafka/open-kafka';
import type { Logger } from '../platform/logger';
import { collectProcessMetrics } from '../platform/metrics';
import { Permits } from '../platform/permits';
import type { RunningRole } from '../platform/role';
import { watchForAlerts } from './analytics-engine/alerts/watch';
import { analyticsEngine } from './analytics-engine/group';
import { chosenGroups, GROUPS } from './groups';
import { keepInbox } from './runner/inbox';
import { GroupRunner } from './runner/run-group';

const ROLE = 'consumers';
/** No transaction of a group outlives this, milliseconds. */
const TRANSACTION_MS = 5_000;
/** The inbox has tables for three days to come. */
const KEEP_INBOX_EVERY_MS = 3_600_000;

/**
 * Starts the consumer groups. Resolves at once, whether Kafka and Postgres are there or not; the groups wait for them,
 * and `trouble()` says for which.
 * @throws {UnknownGroup} on a bad CONSUMER_GROUPS
 * @throws {ConfigError} where a group misses a setting
 */
export async function startConsumers(config: Config, logger: Logger): Promise<RunningRole> {
  armFromEnvironment(config.FAILPOINTS);
  const groups = chosenGroups(config.CONSUMER_GROUPS);
  if (config.KAFKA_BROKERS.length === 0) return nothingToRead(logger);
  collectProcessMetrics();
  const kafka = openKafka({ brokers: config.KAFKA_BROKERS, clientId: 'booking-saga-consumers', logger });
  const transactions = openTransactions({
    url: config.DATABASE_URL,
    applicationName: 'booking-saga consumers',
    poolSize: config.DATABASE_POOL,
    timeoutMs: TRANSACTION_MS,
  });
  const permits = new Permits(config.DATABASE_POOL);
  const runners = groups.map(
    (group) => new GroupRunner(group, { config, kafka, transactions, permits, logger }),
  );
  const stopKeeping = keepKeepingInbox(transactions, logger);
  const running = runners.map((runner) => runner.run());
  const groupIds = GROUPS.map(({ name }) => config.CONSUMER_GROUP_PREFIX + name);
  const alerts = groups.includes(analyticsEngine)
    ? watchForAlerts(transactions, groupIds, logger)
    : undefined;
  return {
    role: ROLE,
    async stop() {
      stopKeeping();
      await alerts?.stop();
      for (const runner of runners) runner.stop();
      await Promise.all(running);
      await transactions.close();
    },
    async trouble() {
      const troubles = runners.map(({ trouble }) => trouble).filter((trouble) => trouble !== undefined);
      return troubles.join('; ') || undefined;
    },
  };
}

function nothingToRead(logger: Logger): RunningRole {
  const said = 'KAFKA_BROKERS is empty: the consumer groups have nothing to read';
  logger.warn(said);
  return { role: ROLE, stop: async () => undefined, trouble: async () => said };
}

/** Now and every hour. Without it, the inbox works on: what has no table of its own day goes into the rest. */
function keepKeepingInbox(transactions: Transactions, logger: Logger): () => void {
  const keep = () => {
    keepInbox(transactions).catch((error: unknown) =>
      logger.warn({ err: error }, 'the inbox was not tidied'),
    );
  };
  keep();
  const timer = setInterval(keep, KEEP_INBOX_EVERY_MS);
  return () => clearInterval(timer);
}
