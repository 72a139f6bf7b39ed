import { setTimeout as sleep } from 'node:timers/promises';
import { type IHeaders, Partitioners, type Producer, type TopicMessages } from 'kafkajs';
import { type KafkaOptions, libraryClient } from './client';
import { FencedSockets } from './fenced-sockets';
import { BatchRefused, KafkaAway, type KafkaProducer, type WireMessage } from './port';
import { verdictOn } from './verdict';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
/** One attempt may not use up the deadline: a broker that has just come back deserves another. */
const REQUEST_MS = 3_000;
const CONNECT_MS = 2_000;

/**
 * An idempotent producer that never has more than one batch outstanding.
 *
 * After an attempt of unknown outcome the same batch goes out again under the same producer id and sequence
 * numbers, so that the broker drops whichever copy comes second. Rejected: a new producer after every failure. Its
 * resend could be overtaken by the old copy, and the last message of a booking would then be an older one.
 * After a definite refusal the producer is made anew, because the library turns the sequence numbers back even for
 * the partitions that did take their part; a different batch under those numbers would pass for a duplicate and vanish.
 */
export class IdempotentProducer implements KafkaProducer {
  private readonly sockets = new FencedSockets();
  private library: Producer | undefined;
  private connected = false;
  private sending = false;
  private ended = false;
  private pending: readonly WireMessage[] | undefined;

  constructor(private readonly options: KafkaOptions) {}

  get unsettled(): boolean {
    return this.pending !== undefined;
  }

  async sendBatch(messages: readonly WireMessage[], deadlineMs: number): Promise<void> {
    if (this.sending) throw new Error('a batch is being sent: one at a time');
    if (this.pending && this.pending !== messages) {
      throw new Error('the outcome of another batch is unknown: only that one may be sent');
    }
    if (this.ended) throw new KafkaAway('this producer was cut');
    this.sending = true;
    const deadline = performance.now() + deadlineMs;
    this.sockets.allowUntil(deadline);
    const timer = setTimeout(() => this.sockets.cut('the send deadline has passed'), deadlineMs);
    try {
      await this.attemptUntil(deadline, messages);
    } finally {
      clearTimeout(timer);
      this.sending = false;
    }
  }

  async cut(): Promise<void> {
    this.ended = true;
    this.sockets.cut('the producer was cut');
    await this.forget();
  }

  private async attemptUntil(deadline: number, messages: readonly WireMessage[]): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await this.attempt(messages);
      } catch (error) {
        const verdict = verdictOn(error);
        if (verdict.kind === 'refused') {
          this.pending = undefined;
          await this.forget();
          throw new BatchRefused(verdict.refusal, { cause: error });
        }
        if (verdict.kind === 'renew') {
          this.options.logger.warn(
            { why: verdict.why },
            'Kafka lost track of the producer: making a new one',
          );
          await this.forget();
        }
        if (this.ended || performance.now() + pause >= deadline) {
          const reason = error instanceof Error ? error.message : String(error);
          throw new KafkaAway(`Kafka did not acknowledge in time: ${reason}`, { cause: error });
        }
        await sleep(pause);
      }
    }
  }

  private async attempt(messages: readonly WireMessage[]): Promise<void> {
    this.library ??= this.create();
    if (!this.connected) {
      await this.library.connect();
      this.connected = true;
    }
    this.pending = messages;
    await this.library.sendBatch({ acks: -1, timeout: REQUEST_MS, topicMessages: byTopic(messages) });
    this.pending = undefined;
  }

  private create(): Producer {
    const client = libraryClient(
      this.options,
      { connectMs: CONNECT_MS, requestMs: REQUEST_MS, retry: { retries: 0 } },
      this.sockets,
    );
    return client.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
      // The library insists on at least one; the real retrying, with its deadline, is above.
      retry: { retries: 1, initialRetryTime: 50 },
    });
  }

  private async forget(): Promise<void> {
    const library = this.library;
    this.library = undefined;
    this.connected = false;
    try {
      await library?.disconnect();
    } catch (error) {
      this.options.logger.debug({ err: error }, 'disconnecting the producer failed');
    }
  }
}

function byTopic(messages: readonly WireMessage[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const { topic, key, value, headers } of messages) {
    const entry = topics.get(topic) ?? { topic, messages: [] };
    entry.messages.push({ key, value, headers: headersOf(headers) });
    topics.set(topic, entry);
  }
  return [...topics.values()];
}

/** The library changes neither, but its types do not say so. */
function headersOf(headers: WireMessage['headers']): IHeaders {
  return headers as IHeaders;
}
