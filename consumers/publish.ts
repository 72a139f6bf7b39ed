import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { eventIdOf } from '../domain/event-id';
import { TOPICS, type TopicSpec, type TopicWord } from '../domain/topics';
import type { Transaction } from '../platform/database/transactions';
import { MESSAGES } from '../platform/messages/table';

/** What a group publishes on one of its topics. */
export interface Publication<Topic extends TopicWord = TopicWord> {
  /** The group's name. */
  readonly publisher: string;
  /** What it calls this event. The same word again is the same event, and is told once, however often it is published. */
  readonly event: string;
  readonly topic: Topic;
  /** What orders its messages; those of one key are told in the order of their commits. */
  readonly key: string;
  /** When it happened, ISO 8601 UTC. */
  readonly at: string;
  /** The message but for `eventId`, `eventType` and `timestamp`, which follow from the rest. No personal data. */
  readonly message: Omit<z.input<(typeof MESSAGES)[Topic]>, 'eventId' | 'eventType' | 'timestamp'>;
}

/**
 * Publishes through the outbox, in the handler's transaction: the message goes to Kafka if and when that is committed.
 * The relay finds it by its poll, within a third of a second.
 * @returns false where this event was published before, or a view is being made anew and nothing is to be told of it
 * @throws {TypeError} where the topic is another's; {z.ZodError} where the message does not fit its topic
 */
export async function publish<Topic extends TopicWord>(
  transaction: Transaction,
  { publisher, event, topic, key, at, message }: Publication<Topic>,
): Promise<boolean> {
  if (transaction.rebuilding) return false;
  const spec: TopicSpec = TOPICS[topic];
  if (spec.publishedBy !== publisher) throw new TypeError(`${publisher} may not publish on ${spec.name}`);
  const factId = publishedFactId(publisher, event);
  const whole = { eventId: eventIdOf(factId, spec.name), eventType: spec.name, timestamp: at, ...message };
  MESSAGES[topic].parse(whole);
  const [row] = await transaction.query<{ published: boolean }>(
    'SELECT booking.publish($1, $2, $3, $4, $5, $6, $7) AS published',
    [factId, publisher, event, topic, key, JSON.stringify(whole), at],
  );
  return row?.published === true;
}

/** Follows from group and event, so that a redelivery makes the same fact. */
export function publishedFactId(publisher: string, event: string): string {
  return createHash('sha256').update(`${publisher}/${event}`).digest('hex').slice(0, 32);
}
