import { DEAD_LETTER_SUFFIX, TOPIC_RETENTION_MS } from '../../domain/topics';
import type { Config } from '../../platform/config';
import type { Transactions } from '../../platform/database/transactions';
import type { GroupReading, IncomingMessage, Kafka } from '../../platform/kafka/port';
import type { Logger } from '../../platform/logger';
import type { Permits } from '../../platform/permits';
import { pause } from '../../platform/waiting';
import { BatchSize } from './batch-size';
import { Circuit } from './circuit';
import { type Clock, systemClock } from './clock';
import { DeadLetters } from './dead-letters';
import { Envelopes } from './envelope';
import type { Delivery, Group } from './group';
import { Hands } from './hands';
import { LagWatch } from './lag';
import { LagReport } from './lag-report';
import { circuitOpen, countFromNothing, restarts } from './metrics';
import { type Workplace, workThrough } from './work-through';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A member that has not been heard by the broker for so long is given up and made anew; twice its session. */
const SILENT_MS = 30_000;
const LOOK_EVERY_MS = 1_000;

export interface RunnerSettings {
  readonly config: Config;
  readonly kafka: Kafka;
  readonly transactions: Transactions;
  /** Shared by all groups of the process: as many as there are connections. */
  readonly permits: Permits;
  readonly logger: Logger;
  /** The system's unless a test brings its own. */
  readonly clock?: Clock;
}

/** One group in this process, for as long as it is not stopped, whatever goes away and comes back. */
export class GroupRunner {
  readonly groupId: string;
  private readonly stopping = new AbortController();
  private readonly envelopes: Envelopes;
  private readonly circuit: Circuit;
  private readonly batchSize = new BatchSize();
  private readonly hands: Hands;
  private readonly lag: LagWatch;
  private readonly delivery: Delivery | undefined;
  private readonly logger: Logger;
  private readonly clock: Clock;
  private stalled: IncomingMessage | undefined;
  /** Why it is not reading at the moment. */
  private away: string | undefined = 'it has not joined its group yet';

  /** @throws {ConfigError} where the group's delivery misses a setting */
  constructor(
    private readonly group: Group,
    private readonly settings: RunnerSettings,
  ) {
    const { config, kafka, clock = systemClock } = settings;
    this.groupId = config.CONSUMER_GROUP_PREFIX + group.name;
    this.clock = clock;
    this.logger = settings.logger.child({ group: this.groupId });
    this.envelopes = new Envelopes(group.topics, config);
    countFromNothing(this.groupId);
    this.delivery = group.openDelivery?.(config, this.logger);
    this.circuit = new Circuit(() => clock.now());
    this.hands = new Hands(() => clock.now());
    this.lag = new LagWatch({
      admin: kafka.admin,
      groupId: this.groupId,
      topics: this.envelopes.topics,
      hands: this.hands,
      report: new LagReport(settings.transactions, this.groupId, this.logger),
      logger: this.logger,
    });
  }

  /** What is wrong, in words; undefined while all is well. */
  get trouble(): string | undefined {
    if (this.away !== undefined) return `${this.groupId}: ${this.away}`;
    if (!this.circuit.isClosed) {
      const seconds = Math.round(this.circuit.openForMs / 1000);
      return `${this.groupId}: the circuit has been open for ${seconds} s, waiting for infrastructure`;
    }
    const { stalled } = this.hands;
    if (!stalled) return undefined;
    return `${this.groupId}: stalled at ${stalled.topic}, partition ${stalled.partition}, offset ${stalled.offset}`;
  }

  /** Ends {@link run}, once the messages in hand are settled. */
  stop(): void {
    this.stopping.abort();
    this.delivery?.stop();
  }

  /** Resolves after {@link stop}, when nothing of it is left. */
  async run(): Promise<void> {
    const stopping = this.stopping.signal;
    const deadLetters = new DeadLetters(this.settings.kafka, this.groupId, () => this.prepareTopics());
    this.delivery?.start();
    for (let wait = FIRST_PAUSE_MS; !stopping.aborted; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      const begun = this.clock.now();
      try {
        await this.read(deadLetters);
      } catch (error) {
        this.gone(error);
      }
      if (stopping.aborted) break;
      restarts.inc({ group: this.groupId });
      if (this.clock.now() - begun > LONGEST_PAUSE_MS) wait = FIRST_PAUSE_MS;
      this.lag.look('away');
      await this.clock.pause(wait, stopping);
    }
    await deadLetters.close();
    await this.delivery?.close();
    await this.lag.forget();
  }

  /** Joins the group and reads until it is stopped. @throws why it ended by itself */
  private async read(deadLetters: DeadLetters): Promise<void> {
    await this.prepareTopics();
    const { transactions, permits } = this.settings;
    const workplace: Workplace = {
      group: this.group,
      groupId: this.groupId,
      envelopes: this.envelopes,
      ...(this.delivery && { delivery: this.delivery }),
      transactions,
      permits,
      circuit: this.circuit,
      batchSize: this.batchSize,
      deadLetters,
      clock: this.clock,
      logger: this.logger,
      onProgress: (batch, message) => this.hands.note(batch, message),
    };
    const reading = await this.settings.kafka.read({
      groupId: this.groupId,
      topics: this.envelopes.topics,
      onBatch: (batch) => workThrough(batch, workplace),
    });
    this.logger.info({ topics: this.envelopes.topics }, 'reading');
    this.away = undefined;
    try {
      const crash = await this.untilItEnds(reading);
      if (crash) throw crash;
    } finally {
      await reading.stop();
    }
  }

  /** Looks after it every second. @returns why it ended by itself; undefined where it is to stop */
  private async untilItEnds(reading: GroupReading): Promise<Error | undefined> {
    const stopping = this.stopping.signal;
    let crash: Error | undefined;
    const ended = new AbortController();
    void reading.crashed.then((error) => {
      crash = error;
      ended.abort();
    });
    while (!stopping.aborted && !crash) {
      circuitOpen.set({ group: this.groupId }, this.circuit.isClosed ? 0 : 1);
      this.lag.look('reading');
      this.noticeStall();
      if (reading.silentMs > SILENT_MS) return new Error('the broker has not heard of this member for 30 s');
      await pause(LOOK_EVERY_MS, stopping, ended.signal);
    }
    return crash;
  }

  /** A handler that never comes back holds its partition, and nothing here can end it: somebody has to be told. */
  private noticeStall(): void {
    const stalled = this.circuit.isClosed ? this.hands.stalled : undefined;
    if (stalled && stalled !== this.stalled) {
      const { topic, partition, offset } = stalled;
      this.logger.error({ alert: 'consumer-stalled', topic, partition, offset }, 'a handler gets no further');
    }
    this.stalled = stalled;
  }

  /** Topics, and those for dead letters, that nobody has made yet. @throws {KafkaAway} */
  private async prepareTopics(): Promise<void> {
    const { config, kafka } = this.settings;
    const names = this.envelopes.topics.flatMap((name) => [name, name + DEAD_LETTER_SUFFIX]);
    await kafka.admin.ensureTopics(
      names.map((name) => ({
        name,
        partitions: config.KAFKA_PARTITIONS,
        replication: config.KAFKA_REPLICATION,
        retentionMs: TOPIC_RETENTION_MS,
      })),
    );
  }

  private gone(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    // Once for each absence, however often it is tried to come back.
    if (this.away === undefined) this.logger.warn({ error: why }, 'not reading any more; beginning anew');
    else this.logger.debug({ error: why }, 'still not reading');
    this.away = `not reading: ${why}`;
  }
}
