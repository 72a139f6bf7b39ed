import { UNOPENED } from '../../domain/booking-state';
import { toDecimal } from '../../domain/money';
import { asMidnightUtc } from '../../domain/stay-dates';
import { TRAVEL_STATUS } from '../../domain/system-status';
import { TOPICS } from '../../domain/topics';
import { travelTypeOf } from '../../domain/travel-type';
import type { ToldFact } from '../told-fact';
import type { Dialect } from './dialect';

/**
 * The flight, hotel and car shop: one topic, and a message whenever its word for the booking changes. What happens
 * between created and confirmed, and during the journey, its listeners have no word for.
 */
export const travelDialect: Dialect = ({ fact, booking }: ToldFact) => {
  const word = TRAVEL_STATUS[fact.state];
  if (fact.fromState !== UNOPENED && TRAVEL_STATUS[fact.fromState] === word) return [];
  const eventType = `booking.${word}`;
  return [
    {
      topic: TOPICS.bookings.name,
      key: fact.bookingId,
      type: eventType,
      value: {
        eventType,
        timestamp: fact.at,
        bookingId: fact.bookingId,
        userId: booking.travelerId,
        type: travelTypeOf(booking.itemKind),
        itemId: booking.itemId,
        startDate: asMidnightUtc(booking.stay.start),
        endDate: asMidnightUtc(booking.stay.end),
        quantity: booking.quantity,
        totalAmountPaid: toDecimal(booking.price),
        currency: booking.price.currency,
        ...(booking.invoiceNumber !== undefined && { invoiceNumber: booking.invoiceNumber }),
        data: { bookingDetails: booking.bookingDetails },
        ...(fact.reason ? { reason: fact.reason.text } : {}),
        state: fact.state,
        sequence: fact.sequence,
      },
    },
  ];
};
