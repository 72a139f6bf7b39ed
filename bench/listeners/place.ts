import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { GROUPS } from '../../consumers/groups';
import { TOPICS, type TopicWord, topicName } from '../../domain/topics';
import { readConfig } from '../../platform/config';
import { openKafka } from '../../platform/kafka/open-kafka';
import type { Kafka } from '../../platform/kafka/port';
import { createLogger } from '../../platform/logger';
import { type Child, startChild } from '../child';
import type { ContenderDatabase, Ground } from '../contender';
import type { Sample } from './figures';

const SAMPLE_MS = 25;
/** Asking for a group's lag opens a connection. */
const LAG_SAMPLE_MS = 250;
/** No part may take longer. */
const PATIENCE_MS = 120_000;

/** The database all of it happens in, and the processes that are started over it. */
export class Place {
  readonly client: Client;
  readonly kafka: Kafka;
  private readonly children: Child[] = [];

  constructor(
    private readonly ground: Ground,
    private readonly database: ContenderDatabase,
  ) {
    this.client = new Client({ connectionString: database.urlFor('booking'), application_name: 'bench' });
    const logger = createLogger('silent', 'bench');
    this.kafka = openKafka({ brokers: ground.kafkaBrokers.split(','), clientId: 'bench', logger });
  }

  start(role: 'bridge' | 'consumers', script = 'scripts/serve.js', args: readonly string[] = []): Child {
    const name = [role, ...args].join('-');
    const child = startChild({
      name,
      script: join(__dirname, '..', '..', script),
      args,
      nodeFlags: this.ground.nodeFlags,
      env: {
        ...{ NODE_ENV: 'development', LOG_LEVEL: 'info', HEALTH_PORT: '0', ROLE: role },
        ...{ DATABASE_URL: this.database.urlFor('booking'), KAFKA_BROKERS: this.ground.kafkaBrokers },
      },
      logFile: join(this.ground.folder, `listeners-${name}.log`),
    });
    this.children.push(child);
    return child;
  }

  /** Asks again and again until `count` says the end is reached. @throws {Error} when that takes too long */
  async sample(
    what: string,
    child: Child,
    count: () => Promise<number>,
    end: number,
    everyMs = SAMPLE_MS,
  ): Promise<Sample[]> {
    const samples: Sample[] = [];
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const sample = { count: await Promise.race([count(), child.failed]), at: performance.now() };
      samples.push(sample);
      if (sample.count === end) return samples;
      if (sample.at > deadline) throw new Error(`${what}: ${sample.count} after ${PATIENCE_MS / 1000} s`);
      await sleep(everyMs);
    }
  }

  async count(from: string): Promise<number> {
    const { rows } = await this.client.query<{ n: number }>(`SELECT count(*)::integer AS n FROM ${from}`);
    return rows[0]?.n ?? Number.NaN;
  }

  async untilCaughtUp(groups: Child): Promise<void> {
    await this.sample('messages not settled', groups, () => this.lag(), 0, LAG_SAMPLE_MS);
  }

  /** Messages that the product's groups have not settled. */
  async lag(): Promise<number> {
    const config = readConfig({});
    const nameOf = (topic: string) => (topic in TOPICS ? topicName(topic as TopicWord, config) : topic);
    const lags = await Promise.all(
      GROUPS.map(({ name, topics }) => this.kafka.admin.lagOf(name, Object.keys(topics).map(nameOf))),
    );
    return lags.flat().reduce((sum, { lag }) => sum + lag, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.children.map((child) => child.stop()));
    await this.client.end();
  }
}
