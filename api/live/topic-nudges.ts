import { z } from 'zod';
import { type TopicRenames, type TopicWord, topicName } from '../../domain/topics';
import type { IncomingMessage, Kafka, Watching } from '../../platform/kafka/port';
import type { Logger } from '../../platform/logger';
import { pause } from '../../platform/waiting';
import type { Nudges } from './nudges';

/** Every booking's changes of state are told on some of these, whatever its system, and what becomes of its money. */
export const NUDGING = [
  ...(['bookingRequests', 'bookingUpdates', 'bookings'] as const),
  ...(['reservationCreated', 'reservationConfirmed', 'reservationModified', 'reservationCancelled'] as const),
  ...(['reservationCheckin', 'reservationCheckout'] as const),
  ...(['paymentInitiated', 'paymentAuthorized', 'paymentCaptured', 'paymentFailed'] as const),
  ...(['paymentRefunded', 'paymentSettled'] as const),
] as const satisfies readonly TopicWord[];

/** What is written while partitions have been assigned and not yet been asked for their end is not heard; milliseconds. */
const SETTLE_MS = 2_000;
/** The broker takes this process for a living reader about every second. */
const SILENT_MS = 5_000;
const PAUSES_MS = { first: 250, longest: 2_000 } as const;
/** For leaving the broker without a trace. Where that takes longer, the broker forgets the reader by itself. */
const LEAVE_MS = 2_000;

const ofBooking = z.looseObject({ bookingId: z.string() });

export interface TopicNudgesDeps {
  readonly kafka: Pick<Kafka, 'watch'>;
  readonly renames: TopicRenames;
  readonly logger: Logger;
}

/**
 * Nudges by the topics. Each process reads all of them for itself, from where they end: a group shared by replicas would
 * tell each booking to one of them, which need not be the one that has the stream.
 */
export class TopicNudges implements Nudges {
  private readonly ending = new AbortController();
  private readonly topics: readonly string[];
  private watching: Watching | undefined;
  private joinedAt = Number.POSITIVE_INFINITY;
  private running: Promise<void> | undefined;

  constructor(private readonly deps: TopicNudgesDeps) {
    this.topics = NUDGING.map((topic) => topicName(topic, deps.renames));
  }

  get isHeard(): boolean {
    if (!this.watching || this.watching.silentMs > SILENT_MS) return false;
    return performance.now() - this.joinedAt > SETTLE_MS;
  }

  listen(onNudge: (bookingId: string) => void): void {
    this.running ??= this.run(onNudge);
  }

  async stop(): Promise<void> {
    this.ending.abort();
    const left = new AbortController();
    const running = this.running?.finally(() => left.abort());
    if (running) await Promise.race([running, pause(LEAVE_MS, left.signal)]);
  }

  private async run(onNudge: (bookingId: string) => void): Promise<void> {
    const { signal } = this.ending;
    let wait: number = PAUSES_MS.first;
    while (!signal.aborted) {
      try {
        await this.watchOnce((message) => {
          const bookingId = bookingOf(message);
          if (bookingId !== undefined) onNudge(bookingId);
        });
        wait = PAUSES_MS.first;
      } catch (error) {
        this.deps.logger.debug({ err: error }, 'the topics cannot be read for live streams');
        wait = Math.min(wait * 2, PAUSES_MS.longest);
      }
      await pause(wait, signal);
    }
  }

  /** Resolves when the watching has ended, by itself or because it is to. @throws {KafkaAway} */
  private async watchOnce(onMessage: (message: IncomingMessage) => void): Promise<void> {
    const crashed = new AbortController();
    const watching = await this.deps.kafka.watch({
      topics: this.topics,
      fromBeginning: false,
      persists: false,
      onMessage,
      onAssigned: () => {
        this.joinedAt = performance.now();
      },
      onCrash: (error) => {
        this.deps.logger.debug({ err: error }, 'reading the topics for live streams has ended');
        crashed.abort();
      },
    });
    this.watching = watching;
    const never = 2 ** 31 - 1;
    while (!crashed.signal.aborted && !this.ending.signal.aborted) {
      await pause(never, crashed.signal, this.ending.signal);
    }
    this.watching = undefined;
    const leaving = watching.stop().catch((error: unknown) => {
      this.deps.logger.debug({ err: error }, 'the reader for live streams did not leave in good order');
    });
    // From a broker that is away there is no taking leave.
    if (this.ending.signal.aborted) await leaving;
  }
}

/** The booking that a message is about. None where somebody else's message cannot be understood. */
function bookingOf({ value }: IncomingMessage): string | undefined {
  try {
    return ofBooking.safeParse(JSON.parse(value ?? '')).data?.bookingId;
  } catch {
    return undefined;
  }
}

/** Without Kafka there are none: who needs them looks for itself. */
export const NO_NUDGES: Nudges = {
  isHeard: false,
  listen: () => undefined,
  stop: async () => undefined,
};
