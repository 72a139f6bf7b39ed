import { GroupRunner } from '../../consumers/runner/run-group';
import { readConfig } from '../../platform/config';
import { openTransactions } from '../../platform/database/transactions';
import { openKafka } from '../../platform/kafka/open-kafka';
import { createLogger } from '../../platform/logger';
import { Permits } from '../../platform/permits';
import { enter, thingsGroup } from './runner-world';

/* A member of a test's group in a process of its own, which can be frozen; slow, so that it is always in the middle. */
const config = readConfig();
const logger = createLogger(config.LOG_LEVEL, 'member');
const group = thingsGroup(process.env.THINGS_TOPIC ?? '', async (event, transaction) => {
  const outcome = await enter(event, transaction);
  await transaction.query('SELECT pg_sleep(0.05)::text');
  return outcome;
});
const runner = new GroupRunner(group, {
  config,
  logger,
  kafka: openKafka({ brokers: config.KAFKA_BROKERS, clientId: 'member', logger }),
  transactions: openTransactions({
    ...{ url: config.DATABASE_URL, applicationName: 'test consumers', poolSize: 4, timeoutMs: 2_000 },
  }),
  permits: new Permits(4),
});
void runner.run();
