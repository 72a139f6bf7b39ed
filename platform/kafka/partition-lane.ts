import type { EachBatchPayload } from 'kafkajs';
import type { Logger } from '../logger';
import { pause } from '../waiting';
import { incoming } from './incoming';
import type { GroupOptions, IncomingMessage, PartitionBatch } from './port';

/** What is settled is committed this often while a batch lasts, and at its end. */
const COMMIT_EVERY_MS = 1_000;
const COMMIT_ATTEMPTS = 3;
const COMMIT_PAUSE_MS = 300;

export interface LaneSettings {
  readonly payload: EachBatchPayload;
  /** Whether the partition is this consumer's, by the latest assignment. */
  readonly isAssigned: () => boolean;
  readonly onBatch: GroupOptions['onBatch'];
  readonly logger: Logger;
}

/** One partition's batch in hand, and how far it is settled and committed. */
export class PartitionLane implements PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly IncomingMessage[];
  /** Resolves when nobody works on it any more. Rejects with what the work threw, which it should not. */
  readonly finished: Promise<void>;
  private readonly aborting = new AbortController();
  private settledAt: bigint | undefined;
  private committedAt: bigint | undefined;
  private lastCommit = performance.now();

  constructor(private readonly settings: LaneSettings) {
    const { topic, partition, messages } = settings.payload.batch;
    this.topic = topic;
    this.partition = partition;
    this.messages = messages.map((message) => incoming(topic, partition, message));
    this.finished = this.work();
  }

  get ending(): AbortSignal {
    return this.aborting.signal;
  }

  end(): void {
    this.aborting.abort();
  }

  async settled(message: IncomingMessage, now = false): Promise<void> {
    this.settledAt = BigInt(message.offset);
    if (now || performance.now() - this.lastCommit >= COMMIT_EVERY_MS) await this.commit();
  }

  private async work(): Promise<void> {
    try {
      await this.settings.onBatch(this);
    } finally {
      await this.commit();
      this.resolve();
    }
  }

  /** Also where nothing could be committed: a later commit covers it, and a redelivery would be a duplicate. */
  private resolve(): void {
    // The library's table of offsets has no place for a partition that has gone elsewhere.
    if (this.settledAt === undefined || !this.settings.isAssigned()) return;
    this.settings.payload.resolveOffset(this.settledAt.toString());
  }

  /**
   * The batch's own way to commit, since the consumer's does nothing, and says nothing, once it is to stop.
   * Fails where the group is rebalancing. Then others may get what is settled here once more.
   */
  private async commit(): Promise<void> {
    const { payload, isAssigned, logger } = this.settings;
    const { topic, partition, settledAt } = this;
    this.lastCommit = performance.now();
    if (settledAt === undefined || settledAt === this.committedAt) return;
    const offset = (settledAt + 1n).toString();
    for (let attempt = 1; isAssigned(); attempt += 1) {
      try {
        await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
        this.committedAt = settledAt;
        return;
      } catch (error) {
        if (attempt === COMMIT_ATTEMPTS) {
          logger.warn({ err: error, topic, partition, offset }, 'an offset was not committed');
          return;
        }
      }
      await pause(COMMIT_PAUSE_MS);
    }
  }
}
