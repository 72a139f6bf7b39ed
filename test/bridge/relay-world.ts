import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBridge } from '../../bridge/start';
import { type Config, readConfig } from '../../platform/config';
import { openKafka } from '../../platform/kafka/open-kafka';
import type { IncomingMessage, Kafka } from '../../platform/kafka/port';
import { createLogger } from '../../platform/logger';
import type { RunningRole } from '../../platform/role';
import { freshDatabase, provided, type TestDatabase } from '../support/database';

/** Short, so that a take-over does not keep the tests waiting, and long enough to be seen. */
export const DEADLINE_MS = 1_500;

const logger = createLogger(process.env.LOG_LEVEL ?? 'silent', 'test');

/** A relay in a process of its own, which can be killed. */
export interface RelayProcess {
  /** Resolves when it reaches the failpoint it was started with. */
  readonly reached: Promise<void>;
  /** Resolves when it is gone. */
  readonly gone: Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** Outbox, topics and relays of one test: a database and topics that nobody else uses. */
export class RelayWorld {
  private readonly running: RunningRole[] = [];
  private readonly children: ChildProcess[] = [];
  private readonly listeners: Listener[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly environment: Readonly<Record<string, string>>,
    readonly config: Config,
    readonly kafka: Kafka,
  ) {}

  static async create(options: { brokers?: string; deadlineMs?: number } = {}): Promise<RelayWorld> {
    const { brokers = provided('KAFKA_BROKERS'), deadlineMs = DEADLINE_MS } = options;
    const database = await freshDatabase();
    const suffix = randomBytes(6).toString('hex');
    const environment = {
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      KAFKA_BROKERS: brokers,
      KAFKA_REQUEST_TOPIC: `requests-${suffix}`,
      KAFKA_RESPONSE_TOPIC: `updates-${suffix}`,
      KAFKA_SEND_DEADLINE_MS: String(deadlineMs),
    };
    const config = readConfig(environment);
    const kafka = openKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test', logger });
    return new RelayWorld(database, environment, config, kafka);
  }

  /** A relay in this process. */
  async startRelay(): Promise<RunningRole> {
    const role = await startBridge(this.config, logger);
    this.running.push(role);
    return role;
  }

  /** A relay in another process, armed with `failpoint=action`s. */
  forkRelay(failpoints = ''): RelayProcess {
    const child = fork(join(__dirname, 'relay-process.ts'), {
      execArgv: ['--require', join(__dirname, 'run-typescript.cjs')],
      env: { ...process.env, ...this.environment, FAILPOINTS: failpoints },
    });
    this.children.push(child);
    return {
      reached: new Promise((resolve) => child.once('message', () => resolve())),
      gone: new Promise((resolve) => child.once('exit', () => resolve())),
      signal: (signal) => child.kill(signal),
    };
  }

  /** Hears both topics of its own, or others, which it shares with whoever else uses the broker, from the beginning. */
  async listen(topics?: readonly string[]): Promise<Listener> {
    await this.untilTopics();
    const listener = new Listener();
    listener.watching = await this.kafka.watch({
      topics: [...(topics ?? [this.config.KAFKA_REQUEST_TOPIC, this.config.KAFKA_RESPONSE_TOPIC])],
      fromBeginning: true,
      onMessage: (message) => listener.heard.push(message),
      onCrash: (error) => {
        throw error;
      },
    });
    this.listeners.push(listener);
    return listener;
  }

  async untilTopics(): Promise<void> {
    const { KAFKA_REQUEST_TOPIC, KAFKA_RESPONSE_TOPIC } = this.config;
    await until('the topics exist', async () => {
      const names = await this.kafka.admin.topicNames();
      return names.includes(KAFKA_REQUEST_TOPIC) && names.includes(KAFKA_RESPONSE_TOPIC);
    });
  }

  async outboxRows(): Promise<number> {
    const [count] = await this.database.query<{ rows: number }>(
      'SELECT count(*)::integer AS rows FROM booking.outbox',
    );
    return count?.rows ?? 0;
  }

  untilOutboxEmpty(): Promise<void> {
    return until('the outbox is empty', async () => (await this.outboxRows()) === 0);
  }

  /** How many lanes each relay holds, most first. */
  async lanesByHolder(): Promise<number[]> {
    const rows = await this.database.query<{ lanes: number }>(
      `SELECT count(*)::integer AS lanes FROM booking.relay_lanes
       WHERE holder IS NOT NULL GROUP BY holder ORDER BY lanes DESC`,
    );
    return rows.map(({ lanes }) => lanes);
  }

  /** Ends the relay's session as a failing network or a restarting Postgres would. */
  async cutRelaySession(): Promise<void> {
    const FIND = `FROM pg_stat_activity WHERE application_name = 'booking-saga bridge' AND datname = current_database()`;
    await this.database.query(`SELECT pg_terminate_backend(pid) ${FIND}`);
    await until(
      'the session is gone',
      async () => (await this.database.query(`SELECT 1 ${FIND}`)).length === 0,
    );
  }

  async close(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    for (const { watching } of this.listeners) await watching?.stop();
    for (const role of this.running) await role.stop();
    await this.database.close();
  }
}

/** What a listener of both topics has heard, in the order it came. */
export class Listener {
  readonly heard: IncomingMessage[] = [];
  watching: { stop(): Promise<void> } | undefined;

  /** Sequences told of a booking on a topic, in order, repetitions included. */
  sequences(topic: string, bookingId: string): number[] {
    return this.heard
      .filter((message) => message.topic === topic && message.key === bookingId)
      .map(({ value }) => (JSON.parse(value ?? '{}') as { sequence: number }).sequence);
  }

  /** What was told under a key on a topic, in order, repetitions included. */
  told(topic: string, key: string): Record<string, unknown>[] {
    return this.heard
      .filter((message) => message.topic === topic && message.key === key)
      .map(({ value }) => JSON.parse(value ?? '{}') as Record<string, unknown>);
  }

  untilHeard(count: number): Promise<void> {
    return until(`${count} messages were heard`, async () => this.heard.length >= count);
  }
}

/** Waits for a condition, looking at it every few milliseconds. */
export async function until(what: string, holds: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(10);
  }
}
