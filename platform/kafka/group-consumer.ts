import type { Consumer, EachBatchPayload } from 'kafkajs';
import { pause } from '../waiting';
import { type KafkaOptions, libraryClient } from './client';
import { PartitionLane } from './partition-lane';
import { type GroupOptions, type GroupReading, KafkaAway } from './port';

const PATIENCE = {
  connectMs: 2_000,
  requestMs: 10_000,
  retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
};
/** A process that vanished loses its partitions after this. Handlers may take longer: nobody's heartbeat waits for one. */
const SESSION_MS = 15_000;
const REBALANCE_MS = 30_000;
const HEARTBEAT_MS = 1_000;
/** How long a fetch waits for the first message; also how late a partition that was taken off is fetched again. */
const FETCH_WAIT_MS = 250;
/** Of one partition in one fetch, as it is on the wire: some 250 messages. */
const BATCH_BYTES = 128 * 1024;
/** No more than there are partitions: all that were fetched are worked on side by side. */
const AT_ONCE = 200;
/**
 * How long the library may wait for a batch. It fetches nothing, for any partition of the same broker, until all
 * batches of the last fetch are done; a partition that takes longer is paused, and goes on beside the fetching.
 */
const BESIDE_AFTER_MS = 150;
const DRAIN_MS = 10_000;

/** Reads topics as a member of a group; see {@link Kafka.read}. */
export class GroupConsumer implements GroupReading {
  readonly crashed: Promise<Error>;
  private readonly consumer: Consumer;
  private readonly lanes = new Set<PartitionLane>();
  private assignment: Readonly<Record<string, readonly number[]>> = {};
  private crash: (error: Error) => void = () => undefined;
  private aliveAt = performance.now();
  private ending = false;

  constructor(
    private readonly options: KafkaOptions,
    private readonly wanted: GroupOptions,
  ) {
    this.crashed = new Promise((resolve) => {
      this.crash = resolve;
    });
    this.consumer = libraryClient(options, PATIENCE).consumer({
      groupId: wanted.groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: REBALANCE_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: BATCH_BYTES,
      // Whoever reads starts again, with a new consumer: one way for every crash.
      retry: { ...PATIENCE.retry, restartOnFailure: async () => false },
    });
  }

  get silentMs(): number {
    return performance.now() - this.aliveAt;
  }

  /** Joins the group. @throws {KafkaAway} */
  async start(): Promise<void> {
    const { consumer, wanted } = this;
    const joined = this.listen();
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...wanted.topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: AT_ONCE,
        eachBatch: (payload) => this.begin(payload),
      });
      await joined;
    } catch (error) {
      joined.catch(() => undefined); // the same failure, already thrown below
      await this.disconnect();
      throw new KafkaAway(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  async stop(): Promise<void> {
    this.ending = true;
    this.endLanes();
    // Still connected, so that what the lanes have settled can be committed.
    const drained = new AbortController();
    const lanes = Promise.allSettled([...this.lanes].map(({ finished }) => finished));
    await Promise.race([lanes.then(() => drained.abort()), pause(DRAIN_MS, drained.signal)]);
    await this.disconnect();
  }

  /** Resolves once partitions are assigned for the first time. */
  private listen(): Promise<void> {
    const { consumer } = this;
    const alive = () => {
      this.aliveAt = performance.now();
    };
    consumer.on(consumer.events.HEARTBEAT, alive);
    // Not waited for by the library, which has joined again by the time that a lane beside the fetching has ended. What
    // such a lane settles after that may be handed to the partition's next holder once more.
    consumer.on(consumer.events.REBALANCING, () => this.endLanes());
    return new Promise((resolve, reject) => {
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        alive();
        this.assignment = payload.memberAssignment;
        this.options.logger.debug({ group: this.wanted.groupId, assignment: this.assignment }, 'joined');
        resolve();
      });
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        reject(payload.error);
        this.fail(payload.error);
      });
    });
  }

  private async begin(payload: EachBatchPayload): Promise<void> {
    if (this.ending) return;
    const { topic, partition } = payload.batch;
    const lane = new PartitionLane({
      payload,
      isAssigned: () => this.assignment[topic]?.includes(partition) ?? false,
      onBatch: this.wanted.onBatch,
      logger: this.options.logger.child({ group: this.wanted.groupId }),
    });
    this.lanes.add(lane);
    const finished = lane.finished.finally(() => this.lanes.delete(lane));
    finished.catch((error: Error) => this.fail(error));
    const settling = finished.catch(() => undefined);
    await Promise.race([settling, pause(BESIDE_AFTER_MS)]);
    if (!this.lanes.has(lane)) return;
    const resume = payload.pause();
    settling.then(resume).catch(() => undefined); // the consumer has ended meanwhile
  }

  private endLanes(): void {
    for (const lane of this.lanes) lane.end();
  }

  private fail(error: Error): void {
    this.ending = true;
    this.endLanes();
    this.crash(error);
  }

  private async disconnect(): Promise<void> {
    try {
      await this.consumer.disconnect();
    } catch (error) {
      this.options.logger.debug({ err: error, group: this.wanted.groupId }, 'disconnecting failed');
    }
  }
}
