import type { IncomingMessage, PartitionBatch } from '../../platform/kafka/port';

/** Work that gets no further for this long has stalled, milliseconds: twenty times what a transaction may take. */
const STALLED_MS = 100_000;

interface Hand {
  readonly message: IncomingMessage;
  readonly movedAt: number;
}

/** What a group has in hand in this process, partition by partition. */
export class Hands {
  private readonly hands = new Map<PartitionBatch, Hand>();

  constructor(private readonly now: () => number) {}

  /** Work on a message goes on; undefined: the batch is out of hand. */
  note(batch: PartitionBatch, message: IncomingMessage | undefined): void {
    if (message) this.hands.set(batch, { message, movedAt: this.now() });
    else this.hands.delete(batch);
  }

  /** When the broker got the oldest message in hand, milliseconds since the epoch. */
  get oldest(): number | undefined {
    const times = [...this.hands.values()].map(({ message }) => message.timestamp);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** A message that nothing has moved for too long. */
  get stalled(): IncomingMessage | undefined {
    return [...this.hands.values()].find(({ movedAt }) => this.now() - movedAt > STALLED_MS)?.message;
  }
}
