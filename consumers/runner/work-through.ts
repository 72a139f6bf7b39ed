import type { Transactions } from '../../platform/database/transactions';
import type { IncomingMessage, PartitionBatch } from '../../platform/kafka/port';
import type { Logger } from '../../platform/logger';
import type { Permits } from '../../platform/permits';
import { type Attempt, attempt } from './attempt';
import type { BatchSize } from './batch-size';
import type { Circuit } from './circuit';
import { ranOutOfTime } from './classify-failure';
import type { Clock } from './clock';
import type { DeadLetters, Parking } from './dead-letters';
import { deliver } from './delivery';
import type { Envelopes } from './envelope';
import type { Delivery, Event, Group } from './group';
import { pauseAfter, pauseForInfrastructure } from './ladder';
import { eventsSettled, handlerSeconds, retries, type SettledAs } from './metrics';
import { CAREFUL_FROM, countStart, forgetStart, STARTS_AT_MOST } from './starts';

/** How soon to ask again while the group's view is being made anew. */
const HELD_MS = 1_000;

/** What the partitions of a group share. */
export interface Workplace {
  readonly group: Group;
  readonly groupId: string;
  readonly envelopes: Envelopes;
  /** Of a group that has one. */
  readonly delivery?: Delivery;
  readonly transactions: Transactions;
  /** As many as there are connections. */
  readonly permits: Permits;
  readonly circuit: Circuit;
  readonly batchSize: BatchSize;
  readonly deadLetters: Pick<DeadLetters, 'park'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called whenever work on a message goes on, and with undefined at the end. */
  readonly onProgress?: (batch: PartitionBatch, message: IncomingMessage | undefined) => void;
}

/** Works through one partition's batch, message by message or many at once, until all is settled or it is to end. */
export async function workThrough(batch: PartitionBatch, workplace: Workplace): Promise<void> {
  try {
    await new BatchWork(batch, workplace).run();
  } finally {
    workplace.onProgress?.(batch, undefined);
  }
}

class BatchWork {
  /** Index of the first message that is not settled. */
  private next = 0;
  /** Up to here messages are handled one by one, because together they failed. */
  private oneByOneUntil = 0;
  /** Of the message at `next`, by its own handler. */
  private failures = 0;
  /**
   * Work has started at this place again and again, so something in this batch ends the process: each message is
   * counted, handled and committed by itself, until the next start is at the one that does it.
   */
  private careful = false;
  /** Of the message at `next`: its handler is done, and only its delivery is to be tried again. */
  private undelivered: Attempt | undefined;
  /** Has waited for a rebuild, and said so. */
  private held = false;
  /** In a row, whatever failed. */
  private infrastructureFailures = 0;

  constructor(
    private readonly batch: PartitionBatch,
    private readonly at: Workplace,
  ) {}

  async run(): Promise<void> {
    const first = this.batch.messages[0];
    if (!first) return;
    const starts = await this.insist(() => countStart(this.at.transactions, this.at.groupId, first));
    if (starts === undefined) return;
    if (starts >= CAREFUL_FROM)
      this.at.logger.warn({ ...placeOf(first), starts }, 'started here again and again');
    await this.work(starts);
    if (this.next === 0 && this.batch.ending.aborted) {
      // A start too many costs some care later on, nothing else.
      await forgetStart(this.at.transactions, this.at.groupId, first).catch(() => undefined);
    }
  }

  private async work(startsOfFirst: number): Promise<void> {
    const { messages, ending } = this.batch;
    this.careful = startsOfFirst >= CAREFUL_FROM;
    if (startsOfFirst > STARTS_AT_MOST && messages[0]) await this.parkAsCrashing(messages[0], startsOfFirst);
    while (!ending.aborted) {
      const message = messages[this.next];
      if (!message) return;
      this.at.onProgress?.(this.batch, message);
      await this.step(message);
    }
  }

  private parkAsCrashing(message: IncomingMessage, starts: number): Promise<void> {
    const error = `the process ended ${starts - 1} times while this message was tried`;
    return this.park({ message, reason: 'crashed', error, attempts: starts - 1 });
  }

  /** Settles some messages, or one, or none; pauses where it has to. */
  private async step(message: IncomingMessage): Promise<void> {
    const { envelopes, circuit, batchSize } = this.at;
    const opened = envelopes.open(message);
    if (opened.kind === 'misfit') {
      return this.park({ message, reason: opened.reason, error: opened.error, attempts: 0 });
    }
    const trial = await this.admitted();
    if (trial === undefined) return;
    const alone = trial || this.careful || this.next < this.oneByOneUntil || this.infrastructureFailures > 0;
    const events = this.at.group.batch && !alone ? this.together(opened.event) : [opened.event];
    const result = await this.attempt(events);
    if (result.kind === 'infrastructure') {
      if (events.length > 1 && ranOutOfTime(result.error)) batchSize.ranOutOfTime(events.length);
      return this.infrastructureFailed(result.error);
    }
    circuit.succeeded();
    this.infrastructureFailures = 0;
    switch (result.kind) {
      case 'committed':
        this.count('done', result.done);
        this.count('ignored', result.ignored);
        this.count('duplicate', result.duplicates);
        batchSize.gotReady(events.length);
        return this.settle(events.length);
      case 'refused':
      case 'failed':
        if (events.length > 1) {
          this.oneByOneUntil = this.next + events.length;
          return;
        }
        if (result.kind === 'failed') return this.climb(message, result.error);
        return this.park({ message, reason: 'refused', error: result.reason, attempts: this.failures + 1 });
      case 'held':
        return this.waitWhileHeld();
      case 'left':
        return; // The batch is ending, and the event comes again.
      default:
        return result satisfies never;
    }
  }

  /** The event at `next`, and those behind it that can be handled with it. */
  private together(first: Event): Event[] {
    const events = [first];
    for (const message of this.batch.messages.slice(this.next + 1, this.next + this.at.batchSize.events)) {
      const opened = this.at.envelopes.open(message);
      if (opened.kind === 'misfit') break;
      events.push(opened.event);
    }
    return events;
  }

  private async attempt(events: readonly Event[]): Promise<Attempt | { readonly kind: 'left' }> {
    const result = this.undelivered ?? (await this.handle(events));
    const { delivery } = this.at;
    if (!delivery || result.kind !== 'committed') return result;
    const delivered = await deliver(delivery, events, this.batch.ending);
    if (delivered.kind === 'delivered') return result;
    if (events.length === 1) this.undelivered = result;
    return delivered;
  }

  private async handle(events: readonly Event[]): Promise<Attempt> {
    const { transactions, groupId, group, permits, logger } = this.at;
    return permits.using(async () => {
      const end = handlerSeconds.startTimer({ group: groupId });
      try {
        return await attempt(transactions, groupId, group, events, logger);
      } finally {
        end();
      }
    });
  }

  /** Neither a failure nor an attempt: nothing counts. */
  private async waitWhileHeld(): Promise<void> {
    if (!this.held) this.at.logger.info({ topic: this.batch.topic }, 'the view is being made anew: waiting');
    this.held = true;
    await this.at.clock.pause(HELD_MS, this.batch.ending);
  }

  /** The handler failed: it is tried again, one step higher, or parked from the last one. */
  private async climb(message: IncomingMessage, error: unknown): Promise<void> {
    this.failures += 1;
    const pause = pauseAfter(this.failures);
    const text = wordsOf(error);
    if (pause === undefined) {
      return this.park({ message, reason: 'failed', error: text, attempts: this.failures });
    }
    retries.inc({ group: this.at.groupId, kind: 'handler' });
    this.at.logger.warn({ ...placeOf(message), attempt: this.failures, error: text }, 'the handler failed');
    await this.at.clock.pause(pause, this.batch.ending);
  }

  /** Parks the message at `next`, as often as it takes: one that is parked nowhere is not passed over. */
  private async park(parking: Parking): Promise<void> {
    const parked = await this.insist(async () => {
      await this.at.deadLetters.park(parking);
      return true;
    });
    if (!parked) return;
    const { reason, error, attempts, message } = parking;
    this.count('parked', 1);
    this.at.logger.error(
      { alert: 'dead-letter', ...placeOf(message), reason, error, attempts },
      'a message was parked',
    );
    await this.settle(1);
  }

  /**
   * Does what only infrastructure can keep from being done, until it is done.
   * @returns undefined where the batch is to end first
   */
  private async insist<T>(work: () => Promise<T>): Promise<T | undefined> {
    while ((await this.admitted()) !== undefined) {
      try {
        const result = await this.at.permits.using(work);
        this.at.circuit.succeeded();
        this.infrastructureFailures = 0;
        return result;
      } catch (error) {
        await this.infrastructureFailed(error);
      }
    }
    return undefined;
  }

  private async infrastructureFailed(error: unknown): Promise<void> {
    const { circuit, logger, clock, groupId } = this.at;
    this.infrastructureFailures += 1;
    retries.inc({ group: groupId, kind: 'infrastructure' });
    if (circuit.failed()) {
      logger.error(
        { alert: 'circuit-open', error: wordsOf(error) },
        'the circuit is open: waiting for infrastructure',
      );
    } else if (circuit.isClosed) {
      logger.warn({ error: wordsOf(error) }, 'infrastructure failed');
      await clock.pause(pauseForInfrastructure(this.infrastructureFailures), this.batch.ending);
    }
  }

  /**
   * Waits until the circuit lets it go on.
   * @returns whether as a trial; undefined where the batch is to end first
   */
  private async admitted(): Promise<boolean | undefined> {
    const { circuit, clock } = this.at;
    while (!this.batch.ending.aborted) {
      const admission = circuit.admit();
      if (admission.go) return admission.go === 'trial';
      await clock.pause(admission.waitMs, this.batch.ending);
    }
    return undefined;
  }

  private async settle(messages: number): Promise<void> {
    this.next += messages;
    this.failures = 0;
    this.undelivered = undefined;
    const last = this.batch.messages[this.next - 1];
    if (last) await this.batch.settled(last, this.careful);
    const following = this.batch.messages[this.next];
    if (this.careful && following)
      await this.insist(() => countStart(this.at.transactions, this.at.groupId, following));
  }

  private count(outcome: SettledAs, messages: number): void {
    if (messages > 0) eventsSettled.inc({ group: this.at.groupId, outcome }, messages);
  }
}

function placeOf({ topic, partition, offset }: IncomingMessage) {
  return { topic, partition, offset };
}

function wordsOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replace(/\s+/g, ' ').trim().slice(0, 500);
}
