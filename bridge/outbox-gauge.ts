import type { Logger } from '../platform/logger';
import { outboxDepth, outboxOldest, outboxRefused } from './metrics';
import { measureOutbox } from './outbox-queries';
import type { RelaySession } from './relay-session';

/** Counting a long outbox takes time the relay needs: not more often than this. */
const SAMPLE_MS = 5_000;

/** Keeps the metrics of the outbox up to date, also while Kafka is away and nothing else happens. */
export function gaugeOutbox(session: RelaySession, logger: Logger): { stop(): void } {
  const sample = () => {
    measureOutbox(session).then(
      ({ rows, refused, oldestSeconds }) => {
        outboxDepth.set(rows);
        outboxRefused.set(refused);
        outboxOldest.set(oldestSeconds);
      },
      (error: unknown) => logger.debug({ err: error }, 'the outbox was not measured'),
    );
  };
  sample();
  const timer = setInterval(sample, SAMPLE_MS);
  return { stop: () => clearInterval(timer) };
}
