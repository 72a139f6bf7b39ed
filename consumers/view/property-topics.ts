import { MESSAGES, type MessageOn } from '../../platform/messages/table';
import type { Event, EventOf } from '../runner/group';

/** What a hotel's reservations are told on. Bookings of other systems only where TOPIC_DIALECTS says so. */
export const RESERVATION_TOPICS = {
  reservationCreated: MESSAGES.reservationCreated,
  reservationConfirmed: MESSAGES.reservationConfirmed,
  reservationModified: MESSAGES.reservationModified,
  reservationCancelled: MESSAGES.reservationCancelled,
  reservationCheckin: MESSAGES.reservationCheckin,
  reservationCheckout: MESSAGES.reservationCheckout,
} as const;

/** What moves of money are told on, for the items of every system. */
export const PAYMENT_TOPICS = {
  paymentInitiated: MESSAGES.paymentInitiated,
  paymentAuthorized: MESSAGES.paymentAuthorized,
  paymentCaptured: MESSAGES.paymentCaptured,
  paymentFailed: MESSAGES.paymentFailed,
  paymentRefunded: MESSAGES.paymentRefunded,
  paymentSettled: MESSAGES.paymentSettled,
} as const;

/**
 * All that is told of a property's reservations, money, nights and rates, each keyed by the property. `rate.applied` is
 * told of every system's bookings once they are confirmed; of stays and travel nothing else here says so before money
 * moves.
 */
export const PROPERTY_TOPICS = {
  ...RESERVATION_TOPICS,
  ...PAYMENT_TOPICS,
  availabilityUpdated: MESSAGES.availabilityUpdated,
  rateApplied: MESSAGES.rateApplied,
} as const;

export type PropertyEvent = EventOf<typeof PROPERTY_TOPICS>;
export type ReservationMessage = MessageOn<keyof typeof RESERVATION_TOPICS>;
export type PaymentTopic = keyof typeof PAYMENT_TOPICS;
export type PaymentMessage = MessageOn<PaymentTopic>;

type NightsMessage = MessageOn<'availabilityUpdated'>;
/** Nights that a booking took or gave back. */
export type BookedNights = Extract<NightsMessage, { change: 'blocked' | 'released' }>;
/** Nights that an owner closed or opened. */
export type OwnersNights = Extract<NightsMessage, { change: 'closed' | 'opened' }>;

/** An event of a booking: reservation, money, nights or rate. */
export type BookingEvent =
  | Exclude<PropertyEvent, { topic: 'availabilityUpdated' }>
  | Event<'availabilityUpdated', BookedNights>;

export type Told =
  | { readonly of: 'item'; readonly nights: OwnersNights }
  | { readonly of: 'booking'; readonly event: BookingEvent };

/** Tells what owners do to their items from what happens to bookings: one topic tells of both. */
export function readProperty(event: PropertyEvent): Told {
  if (event.topic !== 'availabilityUpdated') return { of: 'booking', event };
  const { message } = event;
  switch (message.change) {
    case 'closed':
    case 'opened':
      return { of: 'item', nights: message as OwnersNights };
    case 'blocked':
    case 'released':
      return { of: 'booking', event: { ...event, message: message as BookedNights } };
  }
}

export function isOfReservation(
  event: BookingEvent,
): event is Extract<BookingEvent, { topic: keyof typeof RESERVATION_TOPICS }> {
  return event.topic in RESERVATION_TOPICS;
}

export function isOfPayment(event: BookingEvent): event is Extract<BookingEvent, { topic: PaymentTopic }> {
  return event.topic in PAYMENT_TOPICS;
}

/** What the events of several topics wait for each other by: see `inTurn` of a group. */
export function propertyOf({ message }: { readonly message: { readonly propertyId: string } }): string {
  return message.propertyId;
}
