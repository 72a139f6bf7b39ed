import { noShow } from './fee';
import type { SagaRecord } from './saga-record';
import { commitFact, moneyWithoutEnd } from './steps';
import type { Visibility } from './visibility';

/**
 * Waits for the guest: for the item's local check-in time, or for the owner to say that they came. Until then the
 * booking may be cancelled; who never comes ends it as NO_SHOW.
 */
export async function checkIn(booking: SagaRecord, visibility: Visibility): Promise<void> {
  const { checkInAt, checkOutAt, noShowAt = checkOutAt, stay } = booking.request.terms;
  if (stay === 'by-owner') {
    visibility.show(`Waiting for the owner to check the guest in; no-show at ${noShowAt}.`);
    await booking.waitFor(() => booking.arrival !== undefined, Date.parse(noShowAt), 'no-show');
    // Said in the very moment in which the timer fired, it still counts.
    if (!booking.arrival) booking.end(noShow(booking));
  } else {
    visibility.show(`Waiting for check-in at ${checkInAt}.`);
    await booking.waitFor(() => false, Date.parse(checkInAt), 'check-in');
  }
  await commitFact(booking, 'booking.checked-in', spokenBy(booking.arrival));
}

/** Waits for the item's local check-out time, or for the owner to say before it that the guest has left. */
export async function checkOut(booking: SagaRecord, visibility: Visibility): Promise<void> {
  const { checkOutAt } = booking.request.terms;
  visibility.show(`Waiting for check-out at ${checkOutAt}.`);
  await booking.waitFor(() => booking.departure !== undefined, Date.parse(checkOutAt), 'check-out');
  await commitFact(booking, 'booking.checked-out', spokenBy(booking.departure));
}

/** The clock's doing where nobody said it. */
function spokenBy(presence: SagaRecord['arrival']) {
  return presence ? { actor: presence.by.role } : {};
}

/** Pays the owner what was captured, and is done. */
export async function settle(booking: SagaRecord, visibility: Visibility): Promise<void> {
  const { bookingId, ownerId, price } = booking.request;
  if (booking.hold?.captured) {
    const outcome = await moneyWithoutEnd('settle with the owner').settlePayment({
      key: `${bookingId}/settle`,
      bookingId,
      ownerId,
      amount: price,
    });
    if (outcome.outcome === 'done') {
      await commitFact(booking, 'payment.settled', {
        details: { amount: price, reference: outcome.reference, ownerId },
        attempts: outcome.attempts,
        patch: { paymentStatus: 'settled' },
      });
    }
  }
  visibility.show('The stay is over and settled.');
}
