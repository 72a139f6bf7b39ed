import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { Clock } from '../../consumers/runner/clock';
import { defineGroup, type Event, type Group, type Outcome } from '../../consumers/runner/group';
import { GroupRunner } from '../../consumers/runner/run-group';
import { type Config, readConfig } from '../../platform/config';
import { openTransactions, type Transaction, type Transactions } from '../../platform/database/transactions';
import { openKafka } from '../../platform/kafka/open-kafka';
import type { IncomingMessage, Kafka, KafkaProducer } from '../../platform/kafka/port';
import { createLogger } from '../../platform/logger';
import { Permits } from '../../platform/permits';
import { freshDatabase, provided, type TestDatabase } from '../support/database';
import { until } from '../support/until';

const logger = createLogger(process.env.LOG_LEVEL ?? 'silent', 'test');

/** Waits for nobody: every pause is over at once, is written down, and has passed on this clock. */
export class TestClock implements Clock {
  readonly pauses: number[] = [];
  private time = 0;

  now(): number {
    return this.time;
  }

  passes(ms: number): void {
    this.time += ms;
  }

  async pause(ms: number): Promise<void> {
    this.pauses.push(ms);
    this.time += ms;
    await setImmediate();
  }
}

export interface Sent {
  readonly key: string;
  readonly id: string;
  readonly value?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Handle = (event: Event<string, { n: number }>, transaction: Transaction) => Promise<Outcome>;

interface RunnerChanges {
  readonly clock?: Clock;
  readonly databaseUrl?: string;
  readonly kafka?: Kafka;
  readonly batch?: boolean;
}

/** A topic, a group that reads it, and a table that its handler writes to: all of them one test's own. */
export class RunnerWorld {
  private readonly stops: (() => Promise<void>)[] = [];
  private readonly producer: KafkaProducer;

  private constructor(
    readonly database: TestDatabase,
    readonly config: Config,
    readonly kafka: Kafka,
    readonly topic: string,
  ) {
    this.producer = kafka.producer();
  }

  static async create(brokers = provided('KAFKA_BROKERS')): Promise<RunnerWorld> {
    const database = await freshDatabase();
    const own = randomBytes(6).toString('hex');
    const config = readConfig({
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      KAFKA_BROKERS: brokers,
      KAFKA_PARTITIONS: '3',
      CONSUMER_GROUP_PREFIX: `${own}-`,
    });
    // No unique key: a double effect shall be seen, not prevented.
    await database.query(
      'CREATE TABLE public.effects (event_id text NOT NULL, at timestamptz DEFAULT clock_timestamp())',
    );
    const kafka = openKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test', logger });
    const world = new RunnerWorld(database, config, kafka, `things-${own}`);
    await kafka.admin.ensureTopics(
      [world.topic, `${world.topic}.dlq`].map((name) => ({
        ...{ name, partitions: 3, replication: 1, retentionMs: 3_600_000 },
      })),
    );
    return world;
  }

  /** A member of the group, in this process. */
  start(handle?: Handle, changes: RunnerChanges = {}): GroupRunner {
    const transactions: Transactions = openTransactions({
      ...{ url: changes.databaseUrl ?? this.database.url, applicationName: 'test consumers' },
      ...{ poolSize: 4, timeoutMs: 2_000 },
    });
    const runner = new GroupRunner(thingsGroup(this.topic, handle, changes.batch), {
      ...{ config: this.config, kafka: changes.kafka ?? this.kafka, transactions },
      ...{ permits: new Permits(4), logger, ...(changes.clock && { clock: changes.clock }) },
    });
    const running = runner.run();
    this.stops.push(async () => {
      runner.stop();
      await running;
      await transactions.close();
    });
    return runner;
  }

  /** Drains and ends all members started so far. */
  async stopAll(): Promise<void> {
    await Promise.all(this.stops.splice(0).map((stop) => stop()));
  }

  /** Sends messages, in order within a key. */
  async send(messages: readonly Sent[], topic = this.topic): Promise<void> {
    await this.producer.sendBatch(
      messages.map(({ key, id, value = '{"n":1}', headers = envelopeOf(id) }) => ({
        topic,
        key,
        value,
        headers,
      })),
      10_000,
    );
  }

  /** Waits until so many effects have come about; ids in order. */
  async effects(count: number): Promise<string[]> {
    const rows = await until(
      () =>
        this.database.query<{ event_id: string }>(
          'SELECT event_id FROM public.effects ORDER BY at, event_id',
        ),
      (seen) => seen.length >= count,
    );
    return rows.map(({ event_id }) => event_id);
  }

  /** Waits until the group has committed all there is. */
  async untilSettled(): Promise<void> {
    await until(
      // A broker that has much to do may have no coordinator for the group yet.
      () =>
        this.kafka.admin
          .lagOf(`${this.config.CONSUMER_GROUP_PREFIX}things`, [this.topic])
          .catch(() => [{ topic: this.topic, lag: Number.POSITIVE_INFINITY }]),
      (lags) => lags.reduce((sum, { lag }) => sum + lag, 0) === 0,
    );
  }

  /** What stands in the dead letters, once there are so many. */
  async deadLetters(count: number): Promise<IncomingMessage[]> {
    const heard: IncomingMessage[] = [];
    const watching = await this.kafka.watch({
      topics: [`${this.topic}.dlq`],
      fromBeginning: true,
      onMessage: (message) => heard.push(message),
      onCrash: (error) => {
        throw error;
      },
    });
    try {
      await until(
        async () => {
          const [dlq] = await this.kafka.admin.describeTopics([`${this.topic}.dlq`]);
          return { heard: heard.length, there: dlq?.messages ?? 0 };
        },
        (seen) => seen.heard === seen.there && seen.heard >= count,
      );
      return heard;
    } finally {
      await watching.stop();
    }
  }

  async close(): Promise<void> {
    await this.stopAll();
    await this.producer.cut();
    await this.database.close();
  }
}

/** The usual handler: writes down which event it was. */
export const enter: Handle = async (event, { query }) => {
  await query('INSERT INTO public.effects (event_id) VALUES ($1)', [event.eventId]);
  return 'done';
};

export function envelopeOf(id: string): Record<string, string> {
  return { ce_id: id, ce_type: 'thing', ce_time: new Date().toISOString(), ce_factid: `fact-${id}` };
}

/** A group that reads one topic of things, each with a number. */
export function thingsGroup(topic: string, handle: Handle = enter, batch = false): Group {
  return defineGroup({
    name: 'things',
    topics: { [topic]: z.looseObject({ n: z.number() }) },
    batch,
    rebuild: { never: 'a test looks at what it writes' },
    handle,
  });
}
