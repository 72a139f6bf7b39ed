import type { OutgoingMessage } from '../platform/kafka/port';
import type { DialectMessage } from './dialects/dialect';
import { eventIdOf } from './event-id';

const SOURCE = '/booking-saga';

/** What the headers say of a fact, be it a booking's or an item's. */
export interface TellableFact {
  readonly factId: string;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/**
 * Wraps the messages of one fact for the wire: JSON, with CloudEvents headers in binary mode, so that old
 * listeners see the value they know and new ones can tell a redelivery by `ce_id`.
 */
export function envelope(fact: TellableFact, messages: readonly DialectMessage[]): OutgoingMessage[] {
  const told = new Map<string, number>();
  return messages.map(({ topic, key, type, value }) => {
    const nth = (told.get(topic) ?? 0) + 1;
    told.set(topic, nth);
    return {
      topic,
      key,
      value: JSON.stringify(value),
      headers: {
        ce_specversion: '1.0',
        ce_id: eventIdOf(fact.factId, topic, nth),
        ce_type: type,
        ce_source: SOURCE,
        ce_time: fact.at,
        ce_factid: fact.factId,
        'content-type': 'application/json',
      },
    };
  });
}
