import type { BookingState, FactType } from '../../domain/booking-state';
import { moneyIn } from '../../domain/fact-details';
import { roomTypeOf } from '../../domain/hotel';
import { toDecimal } from '../../domain/money';
import { asMidnightUtc, countNights } from '../../domain/stay-dates';
import { TOPICS, type TopicWord } from '../../domain/topics';
import type { ToldFact } from '../told-fact';
import type { Dialect, DialectMessage } from './dialect';
import { propertyMessage } from './property-message';

/** The topic that tells of a booking's entering a state. Absent: the `payment.*` topics tell what there is. */
const TOPIC_OF: Readonly<Partial<Record<BookingState, TopicWord>>> = {
  PENDING: 'reservationCreated',
  CONFIRMED: 'reservationConfirmed',
  CHECKED_IN: 'reservationCheckin',
  CHECKED_OUT: 'reservationCheckout',
  CANCELLED: 'reservationCancelled',
  NO_SHOW: 'reservationCancelled',
  REJECTED: 'reservationCancelled',
  EXPIRED: 'reservationCancelled',
  FAILED: 'reservationCancelled',
};

/** What a cancel kept is of interest to whoever prices the rooms. */
const WITH_FEE: readonly FactType[] = ['booking.cancelled', 'booking.no-show'];

/** The reservation platform: one topic for each kind of change, the whole reservation in every message. */
export const hotelDialect: Dialect = (told) => {
  const topic = told.fact.state === told.fact.fromState ? undefined : TOPIC_OF[told.fact.state];
  return topic ? [reservation(TOPICS[topic].name, told)] : [];
};

function reservation(topic: string, told: ToldFact): DialectMessage {
  const { booking, fact } = told;
  return propertyMessage(topic, told, {
    guestDetails: {
      guestId: booking.travelerId,
      name: booking.guest?.name ?? null,
      email: booking.guest?.email ?? null,
    },
    stayDetails: {
      roomType: roomTypeOf(booking.itemId) ?? null,
      roomName: booking.itemName,
      checkIn: asMidnightUtc(booking.stay.start),
      checkOut: asMidnightUtc(booking.stay.end),
      nights: countNights(booking.stay),
      guests: booking.guests,
      rooms: booking.quantity,
    },
    pricingDetails: {
      totalPrice: toDecimal(booking.price),
      currency: booking.price.currency,
      ...(WITH_FEE.includes(fact.type) && { fee: toDecimal(feeOf(told)) }),
    },
  });
}

function feeOf({ fact, booking }: ToldFact) {
  return moneyIn(fact.details.fee) ?? { ...booking.price, amount: 0 };
}
