import { eventIdOf } from '../../domain/event-id';
import { propertyIdOf } from '../../domain/hotel';
import type { ToldFact } from '../told-fact';
import type { DialectMessage } from './dialect';

/**
 * A message of the hotel's topics, keyed by property. What every one of them says comes first: `eventId` is the same
 * on every redelivery, and `confirmationNumber` is null for a booking of another system.
 *
 * @param nth of the messages of one fact on one topic, from 1
 */
export function propertyMessage(
  topic: string,
  { fact, booking }: ToldFact,
  details: Readonly<Record<string, unknown>>,
  nth = 1,
): DialectMessage {
  const propertyId = propertyIdOf(booking.itemId);
  return {
    topic,
    key: propertyId,
    type: topic,
    value: {
      eventId: eventIdOf(fact.factId, topic, nth),
      eventType: topic,
      timestamp: fact.at,
      confirmationNumber: booking.confirmationNumber ?? null,
      bookingId: fact.bookingId,
      system: booking.system,
      propertyId,
      ...details,
      ...(fact.reason && { reason: fact.reason.text, reasonCode: fact.reason.code }),
      state: fact.state,
      sequence: fact.sequence,
    },
  };
}
