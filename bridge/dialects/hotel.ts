import { agreementIn, type ToldAgreement } from '../../domain/agreement';
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
  if (told.fact.type === 'booking.modified') return [modified(told)];
  const topic = told.fact.state === told.fact.fromState ? undefined : TOPIC_OF[told.fact.state];
  return topic ? [reservation(TOPICS[topic].name, told)] : [];
};

/** The reservation as it is now, and as it was. */
function modified(told: ToldFact): DialectMessage {
  const { from, difference } = told.fact.details;
  const previous = agreementIn(from);
  const more = moneyIn(difference);
  return reservation(TOPICS.reservationModified.name, told, {
    ...(previous && {
      previous: { stayDetails: stayDetails(previous), pricingDetails: pricingDetails(previous) },
    }),
    ...(more && { priceDifference: toDecimal(more) }),
  });
}

function reservation(
  topic: string,
  told: ToldFact,
  more: Readonly<Record<string, unknown>> = {},
): DialectMessage {
  const { booking, fact } = told;
  return propertyMessage(topic, told, {
    guestDetails: {
      guestId: booking.travelerId,
      name: booking.guest?.name ?? null,
      email: booking.guest?.email ?? null,
    },
    stayDetails: stayDetails(booking),
    pricingDetails: {
      ...pricingDetails(booking),
      ...(WITH_FEE.includes(fact.type) && { fee: toDecimal(feeOf(told)) }),
    },
    ...more,
  });
}

function stayDetails({ itemId, itemName, stay, guests, quantity }: ToldAgreement) {
  return {
    roomType: roomTypeOf(itemId) ?? null,
    roomName: itemName,
    checkIn: asMidnightUtc(stay.start),
    checkOut: asMidnightUtc(stay.end),
    nights: countNights(stay),
    guests,
    rooms: quantity,
  };
}

function pricingDetails({ price }: ToldAgreement) {
  return { totalPrice: toDecimal(price), currency: price.currency };
}

function feeOf({ fact, booking }: ToldFact) {
  return moneyIn(fact.details.fee) ?? { ...booking.price, amount: 0 };
}
