import type { Actor, BookingTerms } from './booking';
import type { BookingState } from './booking-state';
import { cancellationFee } from './cancellation';
import type { Money } from './money';

/** A cancel as it would come now. */
export interface Cancel {
  readonly state: BookingState;
  readonly by: Actor;
  readonly price: Money;
  readonly terms: Pick<BookingTerms, 'cancellation' | 'checkInAt'>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * What a cancel costs the guest: nothing where it comes from the other side, or before CONFIRMED is committed, for
 * until then nothing was promised to the guest and so nothing is owed.
 */
export function cancelFee({ state, by, price, terms, at }: Cancel): Money {
  if (!terms.cancellation || by !== 'TRAVELER' || state !== 'CONFIRMED') return { ...price, amount: 0 };
  return cancellationFee(terms.cancellation, price, Date.parse(terms.checkInAt), at);
}
