import { eventIdOf } from '../domain/event-id';
import type { OutgoingMessage } from '../platform/kafka/port';
import type { DialectMessage } from './dialects/dialect';

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
    const id = eventIdOf(fact.factId, topic, nth);
    const headers = cloudEvent({ id, type, time: fact.at, factId: fact.factId });
    return { topic, key, value: JSON.stringify(value), headers };
  });
}

/** The headers of one message. */
export function cloudEvent(event: {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly factId: string;
}): Readonly<Record<string, string>> {
  return {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: event.type,
    ce_source: SOURCE,
    ce_time: event.time,
    ce_factid: event.factId,
    'content-type': 'application/json',
  };
}
