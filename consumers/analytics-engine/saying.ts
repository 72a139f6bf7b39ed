import type { ReservationChange } from '../../domain/analytics/changes';
import { type BookingState, isEnded } from '../../domain/booking-state';
import { itemIdOf } from '../../domain/hotel';
import type { ItemId } from '../../domain/ids';
import type { MESSAGES } from '../../platform/messages/table';
import type { EventOf } from '../runner/group';

/** Every topic but the engine's own. */
export type Heard = Omit<typeof MESSAGES, 'analyticsReservation' | 'analyticsAlert'>;
export type HeardEvent = EventOf<Heard>;

/** What one message says of a booking; what it does not tell is absent. */
export interface Saying {
  readonly bookingId: string;
  readonly state: BookingState;
  readonly sequence: number;
  readonly itemId?: ItemId;
  readonly confirmationNumber?: string;
  /** Calendar dates, `YYYY-MM-DD`. */
  readonly stay?: { readonly start: string; readonly end: string };
  readonly price?: Price;
  /** Absent: nothing that is counted by itself. */
  readonly change?: ReservationChange;
  /** The first night that a guest who left early gave back. */
  readonly leftOn?: string;
  readonly payment?: Payment;
}

/** Decimal, as in the message. Without a currency, the item's is meant; a request of the stays system names no quantity. */
export interface Price {
  readonly amount: number;
  readonly currency?: string;
  readonly quantity?: number;
}

export interface Payment {
  /** `declined`: a hold that was not granted. */
  readonly kind: 'authorized' | 'declined' | 'captured' | 'refunded';
  readonly amount: number;
  readonly currency: string;
}

/**
 * Reads a message. A change is counted from the topics of its booking's own system, which all tell of it; the rest adds
 * what those leave out: the dates of a flight, the currency of a home.
 * @returns undefined where it is about no booking
 */
export function sayingOf(event: HeardEvent): Saying | undefined {
  switch (event.topic) {
    case 'bookingRequests': {
      const { message } = event;
      return {
        ...progress(message),
        itemId: message.propertyId as ItemId,
        stay: { start: day(message.startDate), end: day(message.endDate) },
        price: { amount: message.totalPrice },
        change: 'created',
      };
    }
    case 'bookingUpdates':
      return { ...progress(event.message), ...counted(changeOfState(event.message.state)) };
    case 'bookings': {
      const { message } = event;
      const { totalAmountPaid: amount, currency, quantity } = message;
      return {
        ...progress(message),
        itemId: message.itemId as ItemId,
        price: { amount, quantity, ...(currency !== undefined && { currency }) },
        ...counted(message.eventType === 'booking.created' ? 'created' : changeOfState(message.state)),
      };
    }
    case 'reservationCreated':
      return { ...reserved(event.message), change: 'created' };
    case 'reservationConfirmed':
      return { ...reserved(event.message), change: 'confirmed' };
    case 'reservationModified':
      return { ...reserved(event.message), change: 'modified' };
    case 'reservationCancelled':
      return { ...reserved(event.message), change: 'cancelled' };
    case 'reservationCheckin':
      return { ...reserved(event.message), change: 'checkin' };
    case 'reservationCheckout':
      return { ...reserved(event.message), change: 'checkout' };
    case 'rateApplied': {
      const { itemId, stayDetails, pricingDetails, ...message } = event.message;
      const { totalPrice: amount, currency } = pricingDetails;
      return {
        ...progress(message),
        itemId: itemId as ItemId,
        stay: stayIn(stayDetails),
        price: { amount, currency, quantity: stayDetails.rooms },
      };
    }
    case 'paymentAuthorized':
      return paid(event.message, 'authorized');
    case 'paymentCaptured':
      return paid(event.message, 'captured');
    case 'paymentRefunded':
      // A void gives back what was never taken.
      return event.message.amount === 0 ? progress(event.message) : paid(event.message, 'refunded');
    case 'paymentFailed':
      // Money that could not be taken of a hold says nothing of cards that are declined.
      return event.message.kind === 'capture' ? progress(event.message) : paid(event.message, 'declined');
    case 'paymentInitiated':
    case 'paymentSettled':
      return progress(event.message);
    case 'availabilityUpdated': {
      const { message } = event;
      if (!('bookingId' in message) || typeof message.bookingId !== 'string' || !('state' in message))
        return undefined;
      const { bookingId, state, sequence, change, stayDetails } = message as OfBooking & typeof message;
      const left = state === 'CHECKED_OUT' && change === 'released';
      return { bookingId, state, sequence, ...(left && { leftOn: day(stayDetails.checkIn) }) };
    }
    case 'rateUpdated':
      return undefined;
  }
}

/** The booking that a message is about; undefined where it is about none, which is counted nowhere. */
export function bookingOf({ message }: HeardEvent): string | undefined {
  return 'bookingId' in message && typeof message.bookingId === 'string' ? message.bookingId : undefined;
}

interface OfBooking {
  readonly bookingId: string;
  readonly state: BookingState;
  readonly sequence: number;
}

function progress({ bookingId, state, sequence }: OfBooking): OfBooking {
  return { bookingId, state, sequence };
}

interface Reservation extends OfBooking {
  readonly propertyId: string;
  readonly confirmationNumber: string | null;
  readonly stayDetails: {
    readonly roomType: string | null;
    readonly checkIn: string;
    readonly checkOut: string;
    readonly rooms: number;
  };
  readonly pricingDetails: { readonly totalPrice: number; readonly currency: string };
}

function reserved(message: Reservation): Saying {
  const { confirmationNumber, stayDetails, pricingDetails, propertyId } = message;
  return {
    ...progress(message),
    itemId: itemIdOf(propertyId, stayDetails.roomType ?? undefined),
    ...(confirmationNumber !== null && { confirmationNumber }),
    stay: stayIn(stayDetails),
    price: {
      amount: pricingDetails.totalPrice,
      currency: pricingDetails.currency,
      quantity: stayDetails.rooms,
    },
  };
}

interface Paid extends OfBooking, Omit<Payment, 'kind'> {
  readonly itemId: string;
}

function paid(message: Paid, kind: Payment['kind']): Saying {
  const { amount, currency, itemId } = message;
  return { ...progress(message), itemId: itemId as ItemId, payment: { kind, amount, currency } };
}

function stayIn({ checkIn, checkOut }: { readonly checkIn: string; readonly checkOut: string }) {
  return { start: day(checkIn), end: day(checkOut) };
}

/** Midnight UTC stands for a calendar date; a zone must not shift it. */
function day(midnight: string): string {
  return midnight.slice(0, 10);
}

/** What entering a state is counted as; what only leads on to CONFIRMED is not counted. */
function changeOfState(state: BookingState): ReservationChange | undefined {
  if (state === 'CONFIRMED') return 'confirmed';
  if (state === 'CHECKED_IN') return 'checkin';
  if (state === 'CHECKED_OUT') return 'checkout';
  return isEnded(state) ? 'cancelled' : undefined;
}

function counted(change: ReservationChange | undefined): { readonly change?: ReservationChange } {
  return change === undefined ? {} : { change };
}
