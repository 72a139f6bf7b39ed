import { toDecimal } from '../../domain/money';
import { asMidnightUtc } from '../../domain/stay-dates';
import { STAYS_STATUS } from '../../domain/system-status';
import { type TopicRenames, topicName } from '../../domain/topics';
import type { ToldFact } from '../told-fact';
import type { Dialect, DialectMessage } from './dialect';

export const STAYS_CREATED = 'booking-created';
export const STAYS_UPDATED = 'booking-status-updated';

/**
 * The home-sharing site: one message when a booking is opened, one for every later change of state.
 * A fact that leaves the state as it is, such as a declined card or a finished undo, is none of its business.
 */
export function staysDialect(renames: TopicRenames): Dialect {
  const requests = topicName('bookingRequests', renames);
  const updates = topicName('bookingUpdates', renames);
  return (told) => {
    if (told.fact.type === 'booking.opened') return [created(requests, told)];
    return told.fact.state === told.fact.fromState ? [] : [updated(updates, told)];
  };
}

/** Two generations of listeners read this, one `startDate`, the other `checkIn`: it carries both vocabularies. */
function created(topic: string, { fact, booking }: ToldFact): DialectMessage {
  const start = asMidnightUtc(booking.stay.start);
  const end = asMidnightUtc(booking.stay.end);
  return {
    topic,
    key: fact.bookingId,
    type: STAYS_CREATED,
    value: {
      type: STAYS_CREATED,
      bookingId: fact.bookingId,
      propertyId: booking.itemId,
      propertyName: booking.itemName,
      travelerId: booking.travelerId,
      ownerId: booking.ownerId,
      startDate: start,
      endDate: end,
      checkIn: start,
      checkOut: end,
      guests: booking.guests,
      totalPrice: toDecimal(booking.price),
      status: STAYS_STATUS[fact.state],
      timestamp: fact.at,
      state: fact.state,
      sequence: fact.sequence,
    },
  };
}

function updated(topic: string, { fact, booking }: ToldFact): DialectMessage {
  return {
    topic,
    key: fact.bookingId,
    type: STAYS_UPDATED,
    value: {
      type: STAYS_UPDATED,
      bookingId: fact.bookingId,
      status: STAYS_STATUS[fact.state],
      updatedBy: fact.actor,
      ...(fact.reason ? { reason: fact.reason.text } : {}),
      travelerId: booking.travelerId,
      ownerId: booking.ownerId,
      timestamp: fact.at,
      state: fact.state,
      sequence: fact.sequence,
    },
  };
}
