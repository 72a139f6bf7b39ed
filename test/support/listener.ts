import type { Config } from '../../platform/config';
import { openKafka } from '../../platform/kafka/open-kafka';
import type { IncomingMessage } from '../../platform/kafka/port';
import { createLogger } from '../../platform/logger';
import type { TestDatabase } from './database';
import { until } from './until';

type Settings = Pick<Config, 'KAFKA_BROKERS' | 'KAFKA_REQUEST_TOPIC' | 'KAFKA_RESPONSE_TOPIC'>;

/** A message, with its value parsed. */
export interface Heard {
  readonly topic: string;
  readonly key: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Reads topics from the beginning, as one of the old listeners would. */
export interface Listener {
  /** Everything told so far about the bookings of this database: waits until the outbox is empty, then reads it all. */
  everything(database: TestDatabase): Promise<readonly Heard[]>;
  stop(): Promise<void>;
}

/** Starts to listen, once the bridge has made the topics: both of the stays system, unless others are named. */
export async function listen(
  config: Settings,
  topics: readonly string[] = [config.KAFKA_REQUEST_TOPIC, config.KAFKA_RESPONSE_TOPIC],
): Promise<Listener> {
  const logger = createLogger('silent', 'test');
  const kafka = openKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test', logger });
  await until(
    () => kafka.admin.topicNames().catch((): string[] => []),
    (names) => topics.every((topic) => names.includes(topic)),
  );
  const heard: Heard[] = [];
  let crash: Error | undefined;
  const watching = await kafka.watch({
    topics,
    fromBeginning: true,
    onMessage: (message) => heard.push(parsed(message)),
    onCrash: (error) => {
      crash = error;
    },
  });
  return {
    async everything(database) {
      await until(
        () => database.query('SELECT booking_id, fact_id, refusal FROM booking.outbox'),
        (waiting) => waiting.length === 0,
      );
      const described = await kafka.admin.describeTopics(topics);
      const sent = described.reduce((sum, { messages }) => sum + messages, 0);
      await until(
        () => {
          if (crash) throw crash;
          return heard.length;
        },
        (count) => count >= sent,
      );
      return [...heard];
    },
    stop: () => watching.stop(),
  };
}

/** What a booking's listeners heard: requests, then updates, each as they came; a redelivery is heard once. */
export function about(bookingId: string, all: readonly Heard[]): Heard[] {
  const once = new Map<string | undefined, Heard>();
  for (const message of all) {
    if (!once.has(message.headers.ce_id)) once.set(message.headers.ce_id, message);
  }
  const own = [...once.values()].filter(({ value }) => value.bookingId === bookingId);
  return own.sort((a, b) => a.topic.localeCompare(b.topic));
}

function parsed({ topic, key, value, headers }: IncomingMessage): Heard {
  return { topic, key, headers, value: JSON.parse(value ?? 'null') as Heard['value'] };
}
