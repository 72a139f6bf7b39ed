import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from '../platform/config';
import { openKafka } from '../platform/kafka/open-kafka';
import type { Logger } from '../platform/logger';
import type { RunningRole } from '../platform/role';
import { Relay } from './relay';

const ROLE = 'bridge';

/**
 * Starts the bridge: what the outbox holds goes to Kafka. Resolves at once, whether Kafka and Postgres are there or
 * not; the bridge waits for them, and `trouble()` says for which.
 * @throws {UnknownDialect} on a bad TOPIC_DIALECTS
 */
export async function startBridge(config: Config, logger: Logger): Promise<RunningRole> {
  if (config.KAFKA_BROKERS.length === 0) return bridgeToNowhere(logger);
  const kafka = openKafka({ brokers: config.KAFKA_BROKERS, clientId: 'booking-saga-bridge', logger });
  const holder = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;
  const relay = new Relay({ config, kafka, logger, holder });
  const running = relay.run();
  return {
    role: ROLE,
    async stop() {
      relay.stop();
      await running;
    },
    trouble: async () => relay.trouble,
  };
}

function bridgeToNowhere(logger: Logger): RunningRole {
  const said = 'KAFKA_BROKERS is empty: events are kept in the outbox and sent nowhere';
  logger.warn(said);
  return { role: ROLE, stop: async () => undefined, trouble: async () => said };
}
