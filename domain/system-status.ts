import type { BookingState } from './booking-state';
import type { System } from './item';

/** What each state is called by the listeners and front ends of the stays system. */
export const STAYS_STATUS: Readonly<Record<BookingState, 'PENDING' | 'ACCEPTED' | 'CANCELLED'>> = {
  PENDING: 'PENDING',
  ACCEPTED: 'ACCEPTED',
  PAYMENT_AUTHORIZED: 'ACCEPTED',
  CONFIRMED: 'ACCEPTED',
  CHECKED_IN: 'ACCEPTED',
  CHECKED_OUT: 'ACCEPTED',
  CANCELLED: 'CANCELLED',
  REJECTED: 'CANCELLED',
  EXPIRED: 'CANCELLED',
  FAILED: 'CANCELLED',
  NO_SHOW: 'CANCELLED',
};

/** The last segment of the travel system's last `booking.*` event. */
export const TRAVEL_STATUS: Readonly<Record<BookingState, 'created' | 'confirmed' | 'cancelled' | 'failed'>> =
  {
    PENDING: 'created',
    ACCEPTED: 'created',
    PAYMENT_AUTHORIZED: 'created',
    CONFIRMED: 'confirmed',
    CHECKED_IN: 'confirmed',
    CHECKED_OUT: 'confirmed',
    CANCELLED: 'cancelled',
    NO_SHOW: 'cancelled',
    REJECTED: 'failed',
    EXPIRED: 'failed',
    FAILED: 'failed',
  };

/** The last segment of the hotel system's last `reservation.*` event. */
export const HOTEL_STATUS: Readonly<
  Record<BookingState, 'created' | 'confirmed' | 'checkin' | 'checkout' | 'cancelled'>
> = {
  PENDING: 'created',
  ACCEPTED: 'created',
  PAYMENT_AUTHORIZED: 'created',
  CONFIRMED: 'confirmed',
  CHECKED_IN: 'checkin',
  CHECKED_OUT: 'checkout',
  CANCELLED: 'cancelled',
  NO_SHOW: 'cancelled',
  REJECTED: 'cancelled',
  EXPIRED: 'cancelled',
  FAILED: 'cancelled',
};

const STATUS: Readonly<Record<System, Readonly<Record<BookingState, string>>>> = {
  stays: STAYS_STATUS,
  travel: TRAVEL_STATUS,
  hotel: HOTEL_STATUS,
};

/** The word that `system` has for a state. */
export function statusWord(system: System, state: BookingState): string {
  return STATUS[system][state];
}

/** The states that `?status=` selects: all that share the system's word, else the one exact state, else none. */
export function statesOfStatus(system: System, status: string): BookingState[] {
  const entries = Object.entries(STATUS[system]) as [BookingState, string][];
  const byWord = entries.filter(([, word]) => word === status).map(([state]) => state);
  return byWord.length > 0 ? byWord : entries.filter(([state]) => state === status).map(([state]) => state);
}
