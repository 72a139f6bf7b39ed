import { type IncomingMessage, type Kafka, KafkaAway, type OffsetRange, type Watching } from './port';

/** So long without a message, while some are there to be read, is too long. */
const SILENCE_MS = 30_000;
const LOOK_EVERY_MS = 1_000;

/**
 * Reads what stands in these ranges and resolves when all of it was handed on: one message at a time, in order within
 * a partition. What has been deleted meanwhile is passed over. Leaves no group and no offsets behind.
 * @throws {KafkaAway}
 * @throws what `onMessage` throws, which ends the reading
 */
export async function readRanges(
  kafka: Pick<Kafka, 'watch'>,
  ranges: readonly OffsetRange[],
  onMessage: (message: IncomingMessage) => unknown,
): Promise<void> {
  const filled = ranges.filter(({ from, to }) => from < to);
  if (filled.length === 0) return;
  const reading = new Reading(filled, onMessage);
  let watching: Watching | undefined;
  try {
    watching = await kafka.watch({
      topics: [...new Set(filled.map(({ topic }) => topic))],
      fromBeginning: true,
      from: filled,
      onMessage: (message) => reading.take(message),
      onCrash: (error) => reading.fail(new KafkaAway(error.message, { cause: error })),
    });
    await reading.done;
  } finally {
    reading.end();
    await watching?.stop();
  }
}

const placeOf = ({ topic, partition }: Pick<OffsetRange, 'topic' | 'partition'>) => `${topic}/${partition}`;

class Reading {
  readonly done: Promise<void>;
  fail: (error: unknown) => void = () => undefined;
  private finish: () => void = () => undefined;
  /** Where each partition has come to; those read to their end are taken out. */
  private readonly left: Map<string, { next: bigint; readonly to: bigint }>;
  private heardAt = performance.now();
  private busy = false;
  private ended = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    ranges: readonly OffsetRange[],
    private readonly onMessage: (message: IncomingMessage) => unknown,
  ) {
    this.left = new Map(ranges.map((range) => [placeOf(range), { next: range.from, to: range.to }]));
    this.done = new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
    this.done.catch(() => undefined); // thrown to whoever waits for it
    this.timer = setInterval(() => this.noticeSilence(), LOOK_EVERY_MS);
  }

  async take(message: IncomingMessage): Promise<void> {
    const range = this.left.get(placeOf(message));
    const offset = BigInt(message.offset);
    // Before the range, or once more: the library has joined anew.
    if (this.ended || !range || offset < range.next) return;
    if (offset < range.to) await this.handOn(message);
    range.next = offset + 1n;
    if (range.next >= range.to) this.left.delete(placeOf(message));
    if (this.left.size === 0) this.finish();
  }

  end(): void {
    this.ended = true;
    clearInterval(this.timer);
  }

  private async handOn(message: IncomingMessage): Promise<void> {
    this.busy = true;
    try {
      await this.onMessage(message);
    } catch (error) {
      this.end();
      this.fail(error);
    } finally {
      this.busy = false;
      this.heardAt = performance.now();
    }
  }

  private noticeSilence(): void {
    if (this.busy || performance.now() - this.heardAt < SILENCE_MS) return;
    const places = [...this.left].map(([place, { next, to }]) => `${place} stands at ${next} of ${to}`);
    this.fail(new KafkaAway(`nothing came for ${SILENCE_MS / 1000} s: ${places.join(', ')}`));
  }
}
