import { SYSTEMS, type System } from '../domain/item';
import { TOPIC_RETENTION_MS, topicsOf } from '../domain/topics';
import type { Config } from '../platform/config';
import { type Kafka, KafkaAway, type OutgoingMessage } from '../platform/kafka/port';
import type { Logger } from '../platform/logger';
import { Delivery } from './delivery';
import { allDialects } from './dialects/table';
import { Lanes } from './lanes';
import { lanesHeld } from './metrics';
import { Outage } from './outage';
import { gaugeOutbox } from './outbox-gauge';
import { type OutboxRow, readBatch } from './outbox-queries';
import { openRelaySession, type RelaySession, SessionLost } from './relay-session';
import { sayer } from './say';
import { pause, WakeUp } from './waiting';

const BATCH_ROWS = 500;
/** Behind the hints, which may get lost. */
const POLL_MS = 300;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** Bytes that left a vanished relay before its deadline are given this long to arrive. */
const ARRIVAL_MS = 500;

export interface RelaySettings {
  readonly config: Config;
  readonly kafka: Kafka;
  readonly logger: Logger;
  /** Unique among all relays, restarts included. */
  readonly holder: string;
}

/** Moves the outbox to Kafka for as long as it is not stopped, whatever goes away and comes back. */
export class Relay {
  private readonly stopping = new AbortController();
  private readonly wakeUp = new WakeUp();
  private readonly lanes: Lanes;
  private readonly postgresAway: Outage;
  private readonly kafkaAway: Outage;
  private readonly defect: Outage;
  private readonly say: (row: OutboxRow) => OutgoingMessage[];
  private readonly systems: readonly System[];

  constructor(private readonly settings: RelaySettings) {
    const { config, logger, holder } = settings;
    const dialects = allDialects(config);
    this.systems = SYSTEMS.filter((system) => dialects[system]);
    this.say = sayer(config);
    this.lanes = new Lanes({ holder, quietMs: config.KAFKA_SEND_DEADLINE_MS + ARRIVAL_MS, logger });
    this.postgresAway = new Outage('Postgres is away', logger);
    this.kafkaAway = new Outage('Kafka is away', logger);
    this.defect = new Outage('The relay failed', logger, 'error');
  }

  get trouble(): string | undefined {
    return this.postgresAway.trouble ?? this.kafkaAway.trouble ?? this.defect.trouble;
  }

  /** Ends {@link run} once the batch in hand is settled. */
  stop(): void {
    this.stopping.abort();
    this.wakeUp.hint();
  }

  /** Resolves after {@link stop}, when nothing is left open. */
  async run(): Promise<void> {
    const stopping = this.stopping.signal;
    for (let wait = FIRST_PAUSE_MS; !stopping.aborted; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      const begun = performance.now();
      try {
        await this.runOneSession();
      } catch (error) {
        if (error instanceof SessionLost) this.postgresAway.begin(error);
        else if (error instanceof KafkaAway) this.kafkaAway.begin(error);
        else this.defect.begin(error);
      }
      if (performance.now() - begun > LONGEST_PAUSE_MS) wait = FIRST_PAUSE_MS;
      await pause(wait, stopping);
    }
  }

  /** Session and producer live and die together: whoever has lost the locks must not send. */
  private async runOneSession(): Promise<void> {
    const session = await openRelaySession(this.settings.config.DATABASE_URL, () => this.wakeUp.hint());
    const gauge = gaugeOutbox(session, this.settings.logger);
    const wake = () => this.wakeUp.hint();
    session.lost.addEventListener('abort', wake);
    try {
      this.postgresAway.end();
      await this.untilKafkaIsReady(session);
      await this.relay(session);
    } finally {
      gauge.stop();
      session.lost.removeEventListener('abort', wake);
      await session.close();
    }
  }

  private async relay(session: RelaySession): Promise<void> {
    const { config, kafka, logger } = this.settings;
    const stopping = this.stopping.signal;
    const producer = kafka.producer();
    let inHand: readonly OutboxRow[] = [];
    try {
      await this.lanes.join(session);
      while (!stopping.aborted) {
        session.lost.throwIfAborted();
        await this.lanes.balance(session);
        lanesHeld.set(this.lanes.count);
        inHand = await readBatch(session, this.lanes.sendable(), BATCH_ROWS);
        this.defect.end();
        if (inHand.length === 0) {
          await this.wakeUp.wait(POLL_MS);
          continue;
        }
        const delivery = new Delivery({
          session,
          producer,
          deadlineMs: config.KAFKA_SEND_DEADLINE_MS,
          say: this.say,
          kafkaAway: this.kafkaAway,
          prepareKafka: () => this.prepareKafka(),
          stopping,
          logger,
        });
        const tookAll = await delivery.deliver(inHand);
        // A batch that was not full has emptied the lanes; whatever came since has given a hint, or is polled for.
        if (tookAll && inHand.length < BATCH_ROWS) await this.wakeUp.wait(POLL_MS);
      }
    } finally {
      const unsettled = producer.unsettled;
      // Before the locks go: from here on nothing more is written.
      await producer.cut();
      if (stopping.aborted && !session.lost.aborted) {
        const onTheWire = unsettled ? inHand : [];
        await this.lanes.leave(session, new Set(onTheWire.map(({ lane }) => lane)));
      }
      this.lanes.forget(unsettled);
      lanesHeld.set(0);
    }
  }

  private async untilKafkaIsReady(session: RelaySession): Promise<void> {
    const stopping = this.stopping.signal;
    for (let wait = FIRST_PAUSE_MS; !stopping.aborted; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      session.lost.throwIfAborted();
      if (await this.prepareKafka()) return this.kafkaAway.end();
      await pause(wait, session.lost, stopping);
    }
  }

  /** Makes the topics that are missing. False when Kafka is away. */
  private async prepareKafka(): Promise<boolean> {
    const { config, kafka, logger } = this.settings;
    const names = this.systems.flatMap((system) => topicsOf(system, config));
    try {
      const small = await kafka.admin.ensureTopics(
        names.map((name) => ({
          name,
          partitions: config.KAFKA_PARTITIONS,
          replication: config.KAFKA_REPLICATION,
          retentionMs: TOPIC_RETENTION_MS,
        })),
      );
      for (const { name, partitions } of small) {
        logger.warn(
          { topic: name, partitions, wanted: config.KAFKA_PARTITIONS },
          'a topic has fewer partitions than configured; adding some would break the order of its keys',
        );
      }
      return true;
    } catch (error) {
      if (!(error instanceof KafkaAway)) throw error;
      this.kafkaAway.begin(error);
      return false;
    }
  }
}
