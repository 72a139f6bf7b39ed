import { MAX_CHANGES } from '../../domain/change';
import type { BookingId } from '../../domain/ids';
import { Problem } from '../../domain/problems';

/** Nobody answered in time: it may have happened. */
export function outcomeUnknown(bookingId: BookingId): Problem {
  return new Problem(
    'outcome-unknown',
    'No answer came in time, so this may have happened or may yet happen. Repeat the request, with the same ' +
      'Idempotency-Key if it had one: it is done once.',
    { bookingId },
    2,
  );
}

/** Certainly nothing happened. */
export function sagaAway(bookingId: BookingId): Problem {
  return new Problem(
    'unavailable',
    'Bookings cannot be changed just now. Nothing was done; try again shortly.',
    { bookingId },
    5,
  );
}

/** The limit of domain/change.ts is reached. */
export function tooManyChanges(booking: { readonly id: string }): Problem {
  return new Problem(
    'too-many-changes',
    `Booking ${booking.id} was changed, or tried to be, too often: ${MAX_CHANGES} changes are the most. Cancel it and book anew.`,
    { bookingId: booking.id },
  );
}

/** The booking is in a state in which this cannot be done. */
export function illegalTransition(
  what: string,
  booking: { readonly id: string; readonly state: string },
): Problem {
  return new Problem(
    'illegal-transition',
    `Booking ${booking.id} is ${booking.state} and cannot be ${what}. Read it again to see what is possible.`,
    { bookingId: booking.id, state: booking.state },
  );
}
