import { setTimeout as pause } from 'node:timers/promises';
import { topicsOf } from '../../domain/topics';
import type { Config } from '../../platform/config';
import { openKafka } from '../../platform/kafka/open-kafka';
import { type IncomingMessage, KafkaAway } from '../../platform/kafka/port';
import { createLogger } from '../../platform/logger';

export interface KafkaEar {
  readonly seen: readonly IncomingMessage[];
  /** Waits for the last messages to arrive, a few seconds at most. */
  until(isThere: (seen: readonly IncomingMessage[]) => boolean): Promise<void>;
  stop(): Promise<void>;
}

const PATIENCE_MS = 5_000;
const QUIET_MS = 1_000;

/** Listens to what tells of bookings' states, in every system's words; undefined where Kafka is away. */
export async function watchBookings(config: Config): Promise<KafkaEar | undefined> {
  if (config.KAFKA_BROKERS.length === 0) return undefined;
  const kafka = openKafka({
    brokers: config.KAFKA_BROKERS,
    clientId: 'booking-saga-demo',
    logger: createLogger('silent', 'demo'),
  });
  const seen: IncomingMessage[] = [];
  let lastAt = Date.now();
  try {
    const watching = await kafka.watch({
      topics: [
        ...topicsOf('stays', config),
        ...topicsOf('travel', config),
        ...topicsOf('hotel', config).filter((topic) => topic.startsWith('reservation.')),
      ],
      fromBeginning: false,
      onMessage: (message) => {
        seen.push(message);
        lastAt = Date.now();
      },
      onCrash: (error) => process.stderr.write(`Listening on Kafka broke off: ${error.message}\n`),
    });
    return {
      seen,
      async until(isThere) {
        const deadline = Date.now() + PATIENCE_MS;
        while (Date.now() < deadline && !(isThere(seen) && Date.now() - lastAt > QUIET_MS)) await pause(100);
      },
      stop: () => watching.stop(),
    };
  } catch (error) {
    if (error instanceof KafkaAway) return undefined;
    throw error;
  }
}

/** The statuses that listeners were told of a booking, in order. */
export function messagesOf(seen: readonly IncomingMessage[], bookingId: string): string[] {
  return seen
    .map(({ value }) => JSON.parse(value ?? '{}') as { bookingId: string; sequence: number; state: string })
    .filter((message) => message.bookingId === bookingId)
    .sort((a, b) => a.sequence - b.sequence)
    .map(({ state }) => state);
}
