import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../platform/config';
import { openKafka } from '../platform/kafka/open-kafka';
import type { Logger } from '../platform/logger';
import { collectProcessMetrics } from '../platform/metrics';
import type { RunningRole } from '../platform/role';
import { connectTemporal } from '../platform/temporal/connection';
import { createApp } from './app';
import { tokenVerifier } from './auth/verify-token';
import { openApiDatabase } from './database';
import type { ApiDeps } from './deps';
import { hasSimulator, simulatorDesk } from './development/simulator-desk';
import { drain } from './http/drain';
import { keepPurging } from './idempotency/purge';
import { LiveStreams } from './live/live-streams';
import type { Nudges } from './live/nudges';
import { NO_NUDGES, TopicNudges } from './live/topic-nudges';
import { troubles } from './readiness';
import { paymentCaseClient } from './saga/payment-case-client';
import { temporalSagaClient } from './saga/temporal-saga-client';
import { HandLoop } from './webhooks/hand-loop';
import { providerEvents } from './webhooks/provider-events';

/** What a request may take besides waiting for the outcome of a purchase, milliseconds. */
const DRAIN_MARGIN_MS = 10_000;

/** The API, and where it listens. */
export interface RunningApi extends RunningRole {
  readonly port: number;
}

/**
 * Starts the REST API. Neither Postgres nor Temporal has to be there: `/readyz` tells, and reads go on without
 * Temporal.
 * @throws where the port is taken
 */
export async function startApi(config: Config, logger: Logger): Promise<RunningApi> {
  collectProcessMetrics();
  const database = openApiDatabase(config);
  const temporal = connectTemporal(config, []);
  const saga = temporalSagaClient(temporal, config);
  const events = providerEvents({ saga, paymentCases: paymentCaseClient(temporal, config) });
  const handLoop = new HandLoop({ database, events, logger });
  const desk = hasSimulator(config) ? simulatorDesk(config) : undefined;
  const live = new LiveStreams({ config, database, nudges: nudgesOf(config, logger), logger });
  const deps: ApiDeps = {
    config,
    logger,
    database,
    saga,
    handSoon: () => handLoop.handSoon(),
    ...(desk && { simulatorDesk: desk }),
    live,
    verifyToken: tokenVerifier(config),
    now: () => new Date(),
  };
  const server = createServer(createApp(deps));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.PORT, resolve);
  });
  const port = (server.address() as AddressInfo).port;
  handLoop.start();
  const stopPurging = keepPurging(database, logger);
  logger.info({ port }, `API on port ${port}`);
  return {
    role: 'api',
    port,
    trouble: async () => (await troubles(deps)).join('; ') || undefined,
    stop: async () => {
      stopPurging();
      await handLoop.stop();
      // Together: who comes back for another stream shall find nobody listening here any more, rather than a refusal.
      await Promise.all([live.stop(), drain(server, config.BILLING_WAIT_MS + DRAIN_MARGIN_MS)]);
      await Promise.all([database.$disconnect(), temporal.close(), desk?.close()]);
    },
  };
}

function nudgesOf(config: Config, logger: Logger): Nudges {
  if (config.KAFKA_BROKERS.length === 0) return NO_NUDGES;
  const kafka = openKafka({ brokers: config.KAFKA_BROKERS, clientId: 'booking-saga-api', logger });
  return new TopicNudges({ kafka, renames: config, logger });
}
