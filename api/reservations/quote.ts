import type { BookingTerms } from '../../domain/booking';
import { type BookingState, nextState } from '../../domain/booking-state';
import { cancelFee } from '../../domain/cancel-fee';
import { refundAfter } from '../../domain/cancellation';
import { toDecimal } from '../../domain/money';
import type { Caller } from '../auth/caller';
import { illegalTransition } from '../bookings/saga-problems';
import type { BookingRow } from '../bookings/view';

const ACTOR = { traveler: 'TRAVELER', owner: 'OWNER', admin: 'TRAVELER' } as const;

/**
 * What a cancel would cost the guest now, were it the caller's; an administrator sees the guest's.
 * @throws {Problem} `illegal-transition` where it is too late
 */
export function cancellationQuote(booking: BookingRow, caller: Caller, now: Date) {
  const state = booking.state as BookingState;
  if (nextState(state, 'booking.cancelled') === undefined) throw illegalTransition('cancelled', booking);
  const price = { amount: booking.priceAmount, currency: booking.currency };
  const terms = booking.terms as unknown as BookingTerms;
  const fee = cancelFee({ state, by: ACTOR[caller.role], price, terms, at: now.getTime() });
  return {
    confirmationNumber: booking.confirmationNumber ?? '',
    asOf: now.toISOString(),
    fee: toDecimal(fee),
    refund: toDecimal(refundAfter(price, fee)),
    currency: price.currency,
  };
}
