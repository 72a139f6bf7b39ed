import { setTimeout as sleep } from 'node:timers/promises';
import { DEAD_LETTER_SUFFIX } from '../../domain/topics';
import {
  BatchRefused,
  type IncomingMessage,
  type Kafka,
  type KafkaProducer,
} from '../../platform/kafka/port';
import type { ParkReason } from '../../platform/messages/headers';
import { InfrastructureFailure } from './classify-failure';

export interface Parking {
  readonly message: IncomingMessage;
  readonly reason: ParkReason;
  readonly error: string;
  /** How often the handler was tried. */
  readonly attempts: number;
}

const SEND_MS = 5_000;
/** Headers count towards the size of a message, which may be near the limit already. */
const ERROR_LENGTH = 500;

/** Where a group parks what it cannot handle: on `<topic>.dlq`, as it came to the byte, with what became of it in the headers. */
export class DeadLetters {
  private producer: KafkaProducer | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly kafka: Kafka,
    private readonly groupId: string,
    /** Called after a failure: topics may have gone with the broker. */
    private readonly prepareTopics: () => Promise<unknown>,
  ) {}

  /**
   * Resolves once the broker has it.
   * @throws {KafkaAway} or {@link InfrastructureFailure}: it is parked nowhere, so it must not be passed over
   */
  park(parking: Parking): Promise<void> {
    const parked = this.queue.then(() => this.send(parking));
    this.queue = parked.catch(() => undefined);
    return parked;
  }

  async close(): Promise<void> {
    await Promise.race([this.queue, sleep(SEND_MS, undefined, { ref: false })]);
    await this.producer?.cut();
  }

  private async send({ message, reason, error, attempts }: Parking): Promise<void> {
    this.producer ??= this.kafka.producer();
    const { topic, partition, offset, key = null, value = null, headers } = message;
    const asItCame = message.raw ?? { key, value, headers };
    try {
      await this.producer.sendBatch(
        [
          {
            topic: topic + DEAD_LETTER_SUFFIX,
            ...asItCame,
            headers: {
              ...asItCame.headers,
              dlq_group: this.groupId,
              dlq_reason: reason,
              dlq_error: error.slice(0, ERROR_LENGTH),
              dlq_attempts: String(attempts),
              dlq_topic: topic,
              dlq_partition: String(partition),
              dlq_offset: offset,
              dlq_time: new Date().toISOString(),
            },
          },
        ],
        SEND_MS,
      );
    } catch (cause) {
      // What became of it is unknown. It is sent again by another producer: twice in the dead letters is better than not.
      await this.producer.cut();
      this.producer = undefined;
      await this.prepareTopics().catch(() => undefined); // away as well
      if (!(cause instanceof BatchRefused)) throw cause;
      throw new InfrastructureFailure(
        `${topic}${DEAD_LETTER_SUFFIX} takes no dead letter: ${cause.refusal}`,
        { cause },
      );
    }
  }
}
